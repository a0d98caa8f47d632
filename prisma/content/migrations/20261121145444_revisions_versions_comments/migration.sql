-- CreateEnum
CREATE TYPE "revision_kind" AS ENUM ('ORIGINAL', 'EDITED', 'NAMED', 'RESTORED');

-- AlterTable
ALTER TABLE "subject" ADD COLUMN     "forked_from_author_id" TEXT,
ADD COLUMN     "forked_from_id" TEXT,
ADD COLUMN     "forked_from_title" TEXT;

-- CreateTable
CREATE TABLE "text_object" (
    "sha256" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "text_object_pkey" PRIMARY KEY ("sha256")
);

-- CreateTable
CREATE TABLE "topic_revision" (
    "id" TEXT NOT NULL,
    "topic_id" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "kind" "revision_kind" NOT NULL,
    "name" TEXT,
    "sha256" TEXT NOT NULL,
    "bytes" INTEGER NOT NULL,
    "author_ids" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "topic_revision_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "subject_version" (
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "heading" TEXT NOT NULL,
    "topic_count" INTEGER NOT NULL,
    "markdown_bytes" INTEGER NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "published_at" TIMESTAMPTZ(3),

    CONSTRAINT "subject_version_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "subject_version_topic" (
    "version_id" TEXT NOT NULL,
    "ordinal" INTEGER NOT NULL,
    "topic_id" TEXT NOT NULL,
    "depth" SMALLINT NOT NULL,
    "title" TEXT NOT NULL,
    "heading" TEXT,
    "sha256" TEXT NOT NULL,
    "bytes" INTEGER NOT NULL,

    CONSTRAINT "subject_version_topic_pkey" PRIMARY KEY ("version_id","ordinal")
);

-- CreateTable
CREATE TABLE "topic_comment" (
    "id" TEXT NOT NULL,
    "topic_id" TEXT NOT NULL,
    "thread_id" TEXT,
    "author_id" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "quote" TEXT NOT NULL DEFAULT '',
    "epoch" INTEGER,
    "anchor_start" BYTEA,
    "anchor_end" BYTEA,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "edited_at" TIMESTAMPTZ(3),
    "resolved_at" TIMESTAMPTZ(3),
    "resolved_by" TEXT,

    CONSTRAINT "topic_comment_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "topic_revision_sha256_idx" ON "topic_revision"("sha256");

-- CreateIndex
CREATE UNIQUE INDEX "topic_revision_topic_id_number_key" ON "topic_revision"("topic_id", "number");

-- CreateIndex
CREATE UNIQUE INDEX "subject_version_subject_id_number_key" ON "subject_version"("subject_id", "number");

-- CreateIndex
CREATE INDEX "subject_version_topic_sha256_idx" ON "subject_version_topic"("sha256");

-- CreateIndex
CREATE INDEX "topic_comment_topic_id_created_at_id_idx" ON "topic_comment"("topic_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "topic_comment_thread_id_created_at_id_idx" ON "topic_comment"("thread_id", "created_at", "id");

-- AddForeignKey
ALTER TABLE "topic_revision" ADD CONSTRAINT "topic_revision_topic_id_fkey" FOREIGN KEY ("topic_id") REFERENCES "topic"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subject_version" ADD CONSTRAINT "subject_version_subject_id_fkey" FOREIGN KEY ("subject_id") REFERENCES "subject"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subject_version_topic" ADD CONSTRAINT "subject_version_topic_version_id_fkey" FOREIGN KEY ("version_id") REFERENCES "subject_version"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "topic_comment" ADD CONSTRAINT "topic_comment_topic_id_fkey" FOREIGN KEY ("topic_id") REFERENCES "topic"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "topic_comment" ADD CONSTRAINT "topic_comment_thread_id_fkey" FOREIGN KEY ("thread_id") REFERENCES "topic_comment"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma cannot express.

ALTER TABLE text_object
  ADD CONSTRAINT text_object_sha256 CHECK (sha256 = encode(sha256(convert_to(text, 'UTF8')), 'hex'));
ALTER TABLE topic_revision
  ADD CONSTRAINT topic_revision_number CHECK (number >= 1),
  ADD CONSTRAINT topic_revision_sha256 CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  ADD CONSTRAINT topic_revision_named CHECK ((kind = 'NAMED') = (name IS NOT NULL)),
  ADD CONSTRAINT topic_revision_authors CHECK (cardinality(author_ids) BETWEEN 1 AND 20);
ALTER TABLE subject_version
  ADD CONSTRAINT subject_version_number CHECK (number >= 1),
  ADD CONSTRAINT subject_version_name CHECK (name <> '');
ALTER TABLE subject_version_topic
  ADD CONSTRAINT subject_version_topic_sha256 CHECK (sha256 ~ '^[0-9a-f]{64}$');
-- A thread is one level deep: its first comment has the anchor, the answers have none.
ALTER TABLE topic_comment
  ADD CONSTRAINT topic_comment_anchor CHECK (
    (thread_id IS NULL) = (anchor_start IS NOT NULL)
    AND (anchor_start IS NULL) = (anchor_end IS NULL) AND (anchor_start IS NULL) = (epoch IS NULL)),
  ADD CONSTRAINT topic_comment_resolved CHECK (
    (resolved_at IS NULL) = (resolved_by IS NULL) AND (thread_id IS NULL OR resolved_at IS NULL));
