-- CreateEnum
CREATE TYPE "subject_role" AS ENUM ('VIEWER', 'COMMENTER', 'EDITOR', 'OWNER');

-- AlterEnum
ALTER TYPE "subject_visibility" ADD VALUE 'UNLISTED';

-- CreateTable
CREATE TABLE "subject_member" (
    "subject_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "role" "subject_role" NOT NULL,
    "invited_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "accepted_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3),

    CONSTRAINT "subject_member_pkey" PRIMARY KEY ("subject_id","user_id","source")
);

-- CreateTable
CREATE TABLE "subject_share_link" (
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "role" "subject_role" NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "subject_share_link_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "subject_member_user_id_created_at_subject_id_idx" ON "subject_member"("user_id", "created_at" DESC, "subject_id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "subject_share_link_token_hash_key" ON "subject_share_link"("token_hash");

-- CreateIndex
CREATE INDEX "subject_share_link_subject_id_created_at_idx" ON "subject_share_link"("subject_id", "created_at" DESC);

-- AddForeignKey
ALTER TABLE "subject_member" ADD CONSTRAINT "subject_member_subject_id_fkey" FOREIGN KEY ("subject_id") REFERENCES "subject"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subject_share_link" ADD CONSTRAINT "subject_share_link_subject_id_fkey" FOREIGN KEY ("subject_id") REFERENCES "subject"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma cannot express.

-- The author is the owner without a row; nobody becomes one by a link.
ALTER TABLE subject_member
  ADD CONSTRAINT subject_member_source_known CHECK (source = 'invitation' OR source LIKE 'shl\_%'),
  ADD CONSTRAINT subject_member_link_role CHECK (source = 'invitation' OR role <> 'OWNER');
ALTER TABLE subject_share_link
  ADD CONSTRAINT subject_share_link_role CHECK (role <> 'OWNER'),
  ADD CONSTRAINT subject_share_link_hash_size CHECK (octet_length(token_hash) = 32),
  ADD CONSTRAINT subject_share_link_expiry CHECK (expires_at > created_at);
