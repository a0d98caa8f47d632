-- CreateEnum
CREATE TYPE "member_role" AS ENUM ('MEMBER', 'MODERATOR');

-- CreateTable
CREATE TABLE "community" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "founder_id" TEXT NOT NULL,
    "member_count" INTEGER NOT NULL,
    "post_count" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "community_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "membership" (
    "community_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "role" "member_role" NOT NULL DEFAULT 'MEMBER',
    "joined_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "membership_pkey" PRIMARY KEY ("community_id","user_id")
);

-- CreateTable
CREATE TABLE "post" (
    "id" TEXT NOT NULL,
    "community_id" TEXT NOT NULL,
    "author_id" TEXT NOT NULL,
    "title" TEXT,
    "body" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "score" INTEGER NOT NULL DEFAULT 0,
    "comment_count" INTEGER NOT NULL DEFAULT 0,
    "deleted_at" TIMESTAMPTZ(3),
    "deleted_by_id" TEXT,

    CONSTRAINT "post_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "comment" (
    "id" TEXT NOT NULL,
    "post_id" TEXT NOT NULL,
    "parent_id" TEXT,
    "parent_depth" SMALLINT,
    "depth" SMALLINT NOT NULL,
    "author_id" TEXT NOT NULL,
    "body" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "score" INTEGER NOT NULL DEFAULT 0,
    "deleted_at" TIMESTAMPTZ(3),
    "deleted_by_id" TEXT,

    CONSTRAINT "comment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "post_vote" (
    "post_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "value" SMALLINT NOT NULL,

    CONSTRAINT "post_vote_pkey" PRIMARY KEY ("post_id","user_id")
);

-- CreateTable
CREATE TABLE "comment_vote" (
    "comment_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "value" SMALLINT NOT NULL,

    CONSTRAINT "comment_vote_pkey" PRIMARY KEY ("comment_id","user_id")
);

-- CreateTable
CREATE TABLE "outbox" (
    "position" BIGSERIAL NOT NULL,
    "id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "aggregate_id" TEXT NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "payload" JSONB NOT NULL,
    "published_at" TIMESTAMPTZ(3),

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("position")
);

-- CreateTable
CREATE TABLE "inbox" (
    "consumer" TEXT NOT NULL,
    "event_id" TEXT NOT NULL,
    "taken_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "inbox_pkey" PRIMARY KEY ("consumer","event_id")
);

-- CreateTable
CREATE TABLE "parked_event" (
    "position" BIGSERIAL NOT NULL,
    "consumer" TEXT NOT NULL,
    "event_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "aggregate_id" TEXT NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "payload" JSONB NOT NULL,
    "error" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL,
    "parked_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "parked_event_pkey" PRIMARY KEY ("position")
);

-- CreateIndex
CREATE UNIQUE INDEX "community_slug_key" ON "community"("slug");

-- CreateIndex
CREATE INDEX "community_created_at_id_idx" ON "community"("created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "community_member_count_id_idx" ON "community"("member_count" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "membership_community_id_joined_at_user_id_idx" ON "membership"("community_id", "joined_at", "user_id");

-- CreateIndex
CREATE INDEX "membership_user_id_joined_at_community_id_idx" ON "membership"("user_id", "joined_at" DESC, "community_id" DESC);

-- CreateIndex
CREATE INDEX "post_community_id_created_at_id_idx" ON "post"("community_id", "created_at" DESC, "id" DESC) WHERE ("deleted_at" IS NULL);

-- CreateIndex
CREATE INDEX "post_community_id_score_id_idx" ON "post"("community_id", "score" DESC, "id" DESC) WHERE ("deleted_at" IS NULL);

-- CreateIndex
CREATE INDEX "post_author_id_created_at_id_idx" ON "post"("author_id", "created_at" DESC, "id" DESC) WHERE ("deleted_at" IS NULL);

-- CreateIndex
CREATE INDEX "comment_post_id_parent_id_created_at_id_idx" ON "comment"("post_id", "parent_id", "created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "comment_id_post_id_depth_key" ON "comment"("id", "post_id", "depth");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_id_key" ON "outbox"("id");

-- CreateIndex
CREATE INDEX "outbox_published_at_position_idx" ON "outbox"("published_at", "position");

-- CreateIndex
CREATE INDEX "inbox_taken_at_idx" ON "inbox"("taken_at");

-- CreateIndex
CREATE INDEX "parked_event_consumer_aggregate_id_position_idx" ON "parked_event"("consumer", "aggregate_id", "position");

-- CreateIndex
CREATE UNIQUE INDEX "parked_event_consumer_event_id_key" ON "parked_event"("consumer", "event_id");

-- AddForeignKey
ALTER TABLE "community" ADD CONSTRAINT "community_id_founder_id_fkey" FOREIGN KEY ("id", "founder_id") REFERENCES "membership"("community_id", "user_id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "membership" ADD CONSTRAINT "membership_community_id_fkey" FOREIGN KEY ("community_id") REFERENCES "community"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "post" ADD CONSTRAINT "post_community_id_fkey" FOREIGN KEY ("community_id") REFERENCES "community"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "comment" ADD CONSTRAINT "comment_post_id_fkey" FOREIGN KEY ("post_id") REFERENCES "post"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "comment" ADD CONSTRAINT "comment_parent_id_post_id_parent_depth_fkey" FOREIGN KEY ("parent_id", "post_id", "parent_depth") REFERENCES "comment"("id", "post_id", "depth") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "post_vote" ADD CONSTRAINT "post_vote_post_id_fkey" FOREIGN KEY ("post_id") REFERENCES "post"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "comment_vote" ADD CONSTRAINT "comment_vote_comment_id_fkey" FOREIGN KEY ("comment_id") REFERENCES "comment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- By hand from here: what Prisma cannot express.

-- A community and its founder's membership need each other, so one of the two keys waits for the
-- commit. Taking the membership away is still refused at once (RESTRICT is never deferred).
ALTER TABLE "community" ALTER CONSTRAINT "community_id_founder_id_fkey"
    DEFERRABLE INITIALLY DEFERRED;

-- ASCII and lower case, so that UNIQUE means unique without regard to case.
ALTER TABLE "community" ADD CONSTRAINT "community_slug_form"
    CHECK ("slug" ~ '^[a-z0-9](-?[a-z0-9]){2,49}$' AND length("slug") <= 50);

-- The founder counts, and nobody is counted away.
ALTER TABLE "community" ADD CONSTRAINT "community_counters"
    CHECK ("member_count" >= 1 AND "post_count" >= 0);

-- A post stands with all its words, or is a tombstone without any.
ALTER TABLE "post" ADD CONSTRAINT "post_stands_or_is_deleted" CHECK (
    CASE WHEN "deleted_at" IS NULL
        THEN "title" <> '' AND "body" <> '' AND "title" IS NOT NULL AND "body" IS NOT NULL
             AND "deleted_by_id" IS NULL
        ELSE "title" IS NULL AND "body" IS NULL AND "deleted_by_id" IS NOT NULL
    END);

ALTER TABLE "post" ADD CONSTRAINT "post_comment_count" CHECK ("comment_count" >= 0);

ALTER TABLE "comment" ADD CONSTRAINT "comment_stands_or_is_deleted" CHECK (
    CASE WHEN "deleted_at" IS NULL
        THEN "body" <> '' AND "body" IS NOT NULL AND "deleted_by_id" IS NULL
        ELSE "body" IS NULL AND "deleted_by_id" IS NOT NULL
    END);

-- With the key over (parent, post, parent's depth), this makes every depth the true one and every
-- parent a comment on the same post, one level up. A key with a null in it is not checked, so
-- half a parent must not be there.
ALTER TABLE "comment" ADD CONSTRAINT "comment_depth" CHECK (
    CASE WHEN "parent_id" IS NULL
        THEN "parent_depth" IS NULL AND "depth" = 1
        ELSE "parent_depth" IS NOT NULL AND "depth" = "parent_depth" + 1 AND "depth" <= 8
    END);

ALTER TABLE "post_vote" ADD CONSTRAINT "post_vote_value" CHECK ("value" IN (-1, 1));

ALTER TABLE "comment_vote" ADD CONSTRAINT "comment_vote_value" CHECK ("value" IN (-1, 1));
