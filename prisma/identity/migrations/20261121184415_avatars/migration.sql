-- AlterTable
ALTER TABLE "user" ADD COLUMN     "avatar_visibility" "field_visibility" NOT NULL DEFAULT 'PUBLIC';

-- CreateTable
CREATE TABLE "avatar" (
    "user_id" TEXT NOT NULL,
    "small" TEXT NOT NULL,
    "medium" TEXT NOT NULL,
    "large" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "avatar_pkey" PRIMARY KEY ("user_id")
);

-- CreateIndex
CREATE INDEX "avatar_small_idx" ON "avatar"("small");

-- CreateIndex
CREATE INDEX "avatar_medium_idx" ON "avatar"("medium");

-- CreateIndex
CREATE INDEX "avatar_large_idx" ON "avatar"("large");

-- AddForeignKey
ALTER TABLE "avatar" ADD CONSTRAINT "avatar_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma cannot express.

ALTER TABLE avatar
  ADD CONSTRAINT avatar_files CHECK (
    small ~ '^[0-9a-f]{64}$' AND medium ~ '^[0-9a-f]{64}$' AND large ~ '^[0-9a-f]{64}$');
