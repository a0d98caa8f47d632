-- AlterTable
ALTER TABLE "subject" ADD COLUMN     "archived_topic_count" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "topic" ADD COLUMN     "archive_root_id" TEXT,
ADD COLUMN     "archived_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "topic_reference" (
    "topic_id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "written" TEXT NOT NULL,
    "ordinal" INTEGER NOT NULL,

    CONSTRAINT "topic_reference_pkey" PRIMARY KEY ("topic_id","target")
);

-- CreateIndex
CREATE INDEX "topic_reference_subject_id_target_idx" ON "topic_reference"("subject_id", "target");

-- AddForeignKey
ALTER TABLE "topic_reference" ADD CONSTRAINT "topic_reference_topic_id_subject_id_fkey" FOREIGN KEY ("topic_id", "subject_id") REFERENCES "topic"("id", "subject_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma cannot express.

-- What is in the archive keeps its room, so that it can always be restored.
ALTER TABLE subject
  DROP CONSTRAINT subject_topic_count_bounds,
  ADD CONSTRAINT subject_topic_count_bounds
    CHECK (topic_count >= 0 AND archived_topic_count >= 0 AND topic_count + archived_topic_count <= 5000);

ALTER TABLE topic
  ADD CONSTRAINT topic_archived_at_once CHECK ((archived_at IS NULL) = (archive_root_id IS NULL));

-- What is archived is rare, and asked for by its root or its subject.
CREATE INDEX raw_topic_archive ON topic (subject_id, archive_root_id) WHERE archive_root_id IS NOT NULL;

-- The bounds of the service: see references/find-references.ts.
ALTER TABLE topic_reference
  ADD CONSTRAINT topic_reference_target_length CHECK (length(target) BETWEEN 1 AND 200),
  ADD CONSTRAINT topic_reference_written_length CHECK (length(written) BETWEEN 1 AND 500);
