-- CreateTable
CREATE TABLE "topic_attachment" (
    "id" TEXT NOT NULL,
    "topic_id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "alt_text" TEXT NOT NULL,
    "media_type" TEXT NOT NULL,
    "bytes" INTEGER NOT NULL,
    "sha256" TEXT NOT NULL,
    "width" INTEGER,
    "height" INTEGER,
    "uploaded_by" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "topic_attachment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "attachment_upload" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "topic_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "object_key" TEXT NOT NULL,
    "sha256" TEXT,
    "attachment_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "attachment_upload_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "subject_version_attachment" (
    "version_id" TEXT NOT NULL,
    "ordinal" INTEGER NOT NULL,
    "sha256" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "alt_text" TEXT NOT NULL,
    "media_type" TEXT NOT NULL,
    "bytes" INTEGER NOT NULL,
    "width" INTEGER,
    "height" INTEGER,

    CONSTRAINT "subject_version_attachment_pkey" PRIMARY KEY ("version_id","ordinal","sha256")
);

-- CreateIndex
CREATE INDEX "topic_attachment_topic_id_created_at_id_idx" ON "topic_attachment"("topic_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "topic_attachment_subject_id_sha256_idx" ON "topic_attachment"("subject_id", "sha256");

-- CreateIndex
CREATE INDEX "topic_attachment_sha256_idx" ON "topic_attachment"("sha256");

-- CreateIndex
CREATE INDEX "topic_attachment_uploaded_by_idx" ON "topic_attachment"("uploaded_by");

-- CreateIndex
CREATE UNIQUE INDEX "topic_attachment_topic_id_sha256_key" ON "topic_attachment"("topic_id", "sha256");

-- CreateIndex
CREATE UNIQUE INDEX "attachment_upload_object_key_key" ON "attachment_upload"("object_key");

-- CreateIndex
CREATE INDEX "attachment_upload_user_id_expires_at_idx" ON "attachment_upload"("user_id", "expires_at");

-- CreateIndex
CREATE INDEX "attachment_upload_sha256_idx" ON "attachment_upload"("sha256");

-- CreateIndex
CREATE INDEX "attachment_upload_expires_at_idx" ON "attachment_upload"("expires_at");

-- CreateIndex
CREATE INDEX "subject_version_attachment_sha256_idx" ON "subject_version_attachment"("sha256");

-- AddForeignKey
ALTER TABLE "topic_attachment" ADD CONSTRAINT "topic_attachment_topic_id_subject_id_fkey" FOREIGN KEY ("topic_id", "subject_id") REFERENCES "topic"("id", "subject_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "attachment_upload" ADD CONSTRAINT "attachment_upload_topic_id_fkey" FOREIGN KEY ("topic_id") REFERENCES "topic"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subject_version_attachment" ADD CONSTRAINT "subject_version_attachment_version_id_ordinal_fkey" FOREIGN KEY ("version_id", "ordinal") REFERENCES "subject_version_topic"("version_id", "ordinal") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma cannot express.

ALTER TABLE topic_attachment
  ADD CONSTRAINT topic_attachment_name CHECK (name <> '' AND name !~ '[/\\]'),
  ADD CONSTRAINT topic_attachment_sha256 CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  ADD CONSTRAINT topic_attachment_bytes CHECK (bytes > 0),
  -- Pictures have a size, PDFs have pages.
  ADD CONSTRAINT topic_attachment_size CHECK (
    (media_type = 'application/pdf') = (width IS NULL) AND (width IS NULL) = (height IS NULL)
    AND media_type IN ('image/png', 'image/jpeg', 'image/webp', 'image/gif', 'image/avif', 'application/pdf'));
ALTER TABLE subject_version_attachment
  ADD CONSTRAINT subject_version_attachment_sha256 CHECK (sha256 ~ '^[0-9a-f]{64}$');
ALTER TABLE attachment_upload
  ADD CONSTRAINT attachment_upload_sha256 CHECK (sha256 ~ '^[0-9a-f]{64}$');
