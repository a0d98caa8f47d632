-- AlterTable
ALTER TABLE "topic" ADD COLUMN     "file_sha256" TEXT;

-- CreateTable
CREATE TABLE "import_upload" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "file_name" TEXT NOT NULL,
    "object_key" TEXT NOT NULL,
    "subject_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "import_upload_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "import_upload_object_key_key" ON "import_upload"("object_key");

-- CreateIndex
CREATE INDEX "import_upload_user_id_expires_at_idx" ON "import_upload"("user_id", "expires_at");

-- CreateIndex
CREATE INDEX "import_upload_expires_at_idx" ON "import_upload"("expires_at");

-- CreateIndex
CREATE INDEX "import_upload_subject_id_idx" ON "import_upload"("subject_id");

-- CreateIndex
CREATE INDEX "topic_file_sha256_idx" ON "topic"("file_sha256");

-- AddForeignKey
ALTER TABLE "import_upload" ADD CONSTRAINT "import_upload_subject_id_fkey" FOREIGN KEY ("subject_id") REFERENCES "subject"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma cannot express.

ALTER TABLE topic
  ADD CONSTRAINT topic_file_sha256 CHECK (file_sha256 ~ '^[0-9a-f]{64}$');

-- A text that has changed has no file yet, whoever changed it and how: nobody has to think of it.
CREATE FUNCTION topic_text_has_no_file() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  NEW.file_sha256 := NULL;
  RETURN NEW;
END
$$;
CREATE TRIGGER topic_text_has_no_file BEFORE UPDATE OF markdown ON topic
FOR EACH ROW WHEN (NEW.markdown IS DISTINCT FROM OLD.markdown)
EXECUTE FUNCTION topic_text_has_no_file();

-- What still has to go to the store; there is nothing to keep of an empty text.
CREATE INDEX raw_topic_without_file ON topic (id) WHERE file_sha256 IS NULL AND markdown <> '';
