-- CreateEnum
CREATE TYPE "subject_visibility" AS ENUM ('PUBLIC', 'PRIVATE');

-- CreateTable
CREATE TABLE "subject" (
    "id" TEXT NOT NULL,
    "author_id" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "heading" TEXT NOT NULL DEFAULT '',
    "visibility" "subject_visibility" NOT NULL,
    "topic_count" INTEGER NOT NULL DEFAULT 0,
    "markdown_bytes" INTEGER NOT NULL DEFAULT 0,
    "like_count" INTEGER NOT NULL DEFAULT 0,
    "save_count" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "subject_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "topic" (
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "parent_id" TEXT,
    "depth" SMALLINT NOT NULL,
    -- Compared byte by byte, whatever the collation of the database.
    "position" TEXT COLLATE "C" NOT NULL,
    "title" TEXT NOT NULL,
    "heading" TEXT,
    "markdown" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "topic_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "subject_like" (
    "subject_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "subject_like_pkey" PRIMARY KEY ("subject_id","user_id")
);

-- CreateTable
CREATE TABLE "subject_save" (
    "subject_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "subject_save_pkey" PRIMARY KEY ("subject_id","user_id")
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
CREATE INDEX "subject_visibility_created_at_id_idx" ON "subject"("visibility", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "subject_author_id_created_at_id_idx" ON "subject"("author_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "topic_subject_id_position_idx" ON "topic"("subject_id", "position");

-- CreateIndex
CREATE UNIQUE INDEX "topic_id_subject_id_key" ON "topic"("id", "subject_id");

-- CreateIndex
CREATE UNIQUE INDEX "topic_parent_id_position_key" ON "topic"("parent_id", "position");

-- CreateIndex
CREATE INDEX "subject_like_user_id_created_at_subject_id_idx" ON "subject_like"("user_id", "created_at" DESC, "subject_id" DESC);

-- CreateIndex
CREATE INDEX "subject_save_user_id_created_at_subject_id_idx" ON "subject_save"("user_id", "created_at" DESC, "subject_id" DESC);

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
ALTER TABLE "topic" ADD CONSTRAINT "topic_subject_id_fkey" FOREIGN KEY ("subject_id") REFERENCES "subject"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "topic" ADD CONSTRAINT "topic_parent_id_subject_id_fkey" FOREIGN KEY ("parent_id", "subject_id") REFERENCES "topic"("id", "subject_id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "subject_like" ADD CONSTRAINT "subject_like_subject_id_fkey" FOREIGN KEY ("subject_id") REFERENCES "subject"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subject_save" ADD CONSTRAINT "subject_save_subject_id_fkey" FOREIGN KEY ("subject_id") REFERENCES "subject"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma cannot express.

-- Counters, and the bounds that keep a whole tree fit for one answer.
ALTER TABLE subject
  ADD CONSTRAINT subject_title_not_empty CHECK (title <> ''),
  ADD CONSTRAINT subject_topic_count_bounds CHECK (topic_count BETWEEN 0 AND 5000),
  ADD CONSTRAINT subject_markdown_bytes_bounds CHECK (markdown_bytes BETWEEN 0 AND 4194304),
  ADD CONSTRAINT subject_like_count_not_negative CHECK (like_count >= 0),
  ADD CONSTRAINT subject_save_count_not_negative CHECK (save_count >= 0);

-- The key over (parent_id, position) says nothing where there is no parent.
CREATE UNIQUE INDEX topic_root_position_key ON topic (subject_id, position) WHERE parent_id IS NULL;

ALTER TABLE topic
  ADD CONSTRAINT topic_title_not_empty CHECK (title <> ''),
  ADD CONSTRAINT topic_position_not_empty CHECK (position <> ''),
  ADD CONSTRAINT topic_depth_bounds CHECK (depth BETWEEN 1 AND 32),
  ADD CONSTRAINT topic_root_depth CHECK ((parent_id IS NULL) = (depth = 1));

-- Every topic is one level below its parent, so no topic can stand under itself. Checked at the end
-- of the transaction, so that a subtree can be moved statement by statement; transactions that move
-- topics of one subject at the same time must lock the subject.
CREATE FUNCTION refuse_wrong_depth() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM topic AS child JOIN topic AS parent ON parent.id = child.parent_id
    WHERE child.id = NEW.id AND child.depth <> parent.depth + 1
  ) OR TG_OP = 'UPDATE' AND EXISTS (
    SELECT FROM topic AS parent JOIN topic AS child ON child.parent_id = parent.id
    WHERE parent.id = NEW.id AND child.depth <> parent.depth + 1
  ) THEN
    RAISE EXCEPTION 'topic % is not one level below its parent', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'topic_depth_below_parent';
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER topic_depth_below_parent
  AFTER INSERT OR UPDATE OF parent_id, depth ON topic
  DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION refuse_wrong_depth();
