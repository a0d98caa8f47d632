-- CreateTable
CREATE TABLE "topic_document" (
    "topic_id" TEXT NOT NULL,
    "epoch" INTEGER NOT NULL,
    "seq" INTEGER NOT NULL,
    "snapshot" BYTEA,
    "snapshot_seq" INTEGER NOT NULL DEFAULT 0,
    "markdown_seq" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "topic_document_pkey" PRIMARY KEY ("topic_id")
);

-- CreateTable
CREATE TABLE "topic_update" (
    "topic_id" TEXT NOT NULL,
    "epoch" INTEGER NOT NULL,
    "seq" INTEGER NOT NULL,
    "client_id" BIGINT NOT NULL,
    "bytes" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "topic_update_pkey" PRIMARY KEY ("topic_id","epoch","seq")
);

-- CreateTable
CREATE TABLE "topic_client" (
    "topic_id" TEXT NOT NULL,
    "epoch" INTEGER NOT NULL,
    "client_id" BIGINT NOT NULL,
    "user_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,

    CONSTRAINT "topic_client_pkey" PRIMARY KEY ("topic_id","epoch","client_id")
);

-- CreateIndex
CREATE INDEX "topic_client_topic_id_epoch_seq_idx" ON "topic_client"("topic_id", "epoch", "seq");

-- AddForeignKey
ALTER TABLE "topic_document" ADD CONSTRAINT "topic_document_topic_id_fkey" FOREIGN KEY ("topic_id") REFERENCES "topic"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "topic_update" ADD CONSTRAINT "topic_update_topic_id_fkey" FOREIGN KEY ("topic_id") REFERENCES "topic_document"("topic_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "topic_client" ADD CONSTRAINT "topic_client_topic_id_fkey" FOREIGN KEY ("topic_id") REFERENCES "topic_document"("topic_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma cannot express.

-- The snapshot and the Markdown follow the log and never overtake it.
ALTER TABLE topic_document
  ADD CONSTRAINT topic_document_epoch_positive CHECK (epoch >= 1),
  ADD CONSTRAINT topic_document_snapshot_behind CHECK (snapshot_seq BETWEEN 0 AND seq),
  ADD CONSTRAINT topic_document_markdown_behind CHECK (markdown_seq BETWEEN 0 AND seq),
  ADD CONSTRAINT topic_document_snapshot_there CHECK ((snapshot IS NULL) = (snapshot_seq = 0));

-- Yjs client ids are unsigned 32-bit numbers. The size bounds are those of the service: 1 MiB of an
-- update, but for the first one, which holds the whole text.
ALTER TABLE topic_update
  ADD CONSTRAINT topic_update_client_id_bounds CHECK (client_id BETWEEN 0 AND 4294967295),
  ADD CONSTRAINT topic_update_size CHECK (octet_length(bytes) BETWEEN 1 AND 1572864);
ALTER TABLE topic_client
  ADD CONSTRAINT topic_client_client_id_bounds CHECK (client_id BETWEEN 0 AND 4294967295);
