-- AlterTable
ALTER TABLE "subject" ADD COLUMN     "click_count" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "topic" ADD COLUMN     "click_count" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "like_count" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "save_count" INTEGER NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "topic_like" (
    "topic_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "topic_like_pkey" PRIMARY KEY ("topic_id","user_id")
);

-- CreateTable
CREATE TABLE "topic_save" (
    "topic_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "topic_save_pkey" PRIMARY KEY ("topic_id","user_id")
);

-- CreateTable
CREATE TABLE "subject_click" (
    "subject_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "clicked_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "subject_click_pkey" PRIMARY KEY ("subject_id","user_id")
);

-- CreateTable
CREATE TABLE "topic_click" (
    "topic_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "clicked_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "topic_click_pkey" PRIMARY KEY ("topic_id","user_id")
);

-- CreateTable
CREATE TABLE "subject_click_day" (
    "subject_id" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "clicks" INTEGER NOT NULL,

    CONSTRAINT "subject_click_day_pkey" PRIMARY KEY ("subject_id","day")
);

-- CreateIndex
CREATE INDEX "topic_like_user_id_created_at_topic_id_idx" ON "topic_like"("user_id", "created_at" DESC, "topic_id" DESC);

-- CreateIndex
CREATE INDEX "topic_save_user_id_created_at_topic_id_idx" ON "topic_save"("user_id", "created_at" DESC, "topic_id" DESC);

-- CreateIndex
CREATE INDEX "subject_click_day_day_idx" ON "subject_click_day"("day");

-- CreateIndex
CREATE INDEX "subject_like_created_at_idx" ON "subject_like"("created_at");

-- AddForeignKey
ALTER TABLE "topic_like" ADD CONSTRAINT "topic_like_topic_id_fkey" FOREIGN KEY ("topic_id") REFERENCES "topic"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "topic_save" ADD CONSTRAINT "topic_save_topic_id_fkey" FOREIGN KEY ("topic_id") REFERENCES "topic"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subject_click" ADD CONSTRAINT "subject_click_subject_id_fkey" FOREIGN KEY ("subject_id") REFERENCES "subject"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "topic_click" ADD CONSTRAINT "topic_click_topic_id_fkey" FOREIGN KEY ("topic_id") REFERENCES "topic"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subject_click_day" ADD CONSTRAINT "subject_click_day_subject_id_fkey" FOREIGN KEY ("subject_id") REFERENCES "subject"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma cannot express.

ALTER TABLE subject ADD CONSTRAINT subject_click_count_not_negative CHECK (click_count >= 0);
ALTER TABLE topic
  ADD CONSTRAINT topic_like_count_not_negative CHECK (like_count >= 0),
  ADD CONSTRAINT topic_save_count_not_negative CHECK (save_count >= 0),
  ADD CONSTRAINT topic_click_count_not_negative CHECK (click_count >= 0);
ALTER TABLE subject_click_day ADD CONSTRAINT subject_click_day_positive CHECK (clicks > 0);
