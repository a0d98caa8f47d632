-- AlterEnum
ALTER TYPE "proof_method" ADD VALUE 'PROVIDER';

-- AlterEnum
-- This migration adds more than one value to an enum.
-- With PostgreSQL versions 11 and earlier, this is not possible
-- in a single migration. This can be worked around by creating
-- multiple migrations, each migration adding only one value to
-- the enum.


ALTER TYPE "security_event_type" ADD VALUE 'SIGN_IN_LINKED';
ALTER TYPE "security_event_type" ADD VALUE 'SIGN_IN_UNLINKED';
ALTER TYPE "security_event_type" ADD VALUE 'PASSWORD_BREACHED';

-- AlterTable
ALTER TABLE "account" ADD COLUMN     "breach_unknown" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "pending_mail" ADD COLUMN     "reference" TEXT;

-- AlterTable
ALTER TABLE "session" ADD COLUMN     "user_agent" TEXT;

-- Keys that stood here unencrypted must not sign any more. Their tokens end within five minutes anyway;
-- until then clients refresh.
DELETE FROM "signing_key";

-- AlterTable
ALTER TABLE "signing_key" DROP COLUMN "private_jwk",
DROP COLUMN "retired_at",
ADD COLUMN     "sealed_private" BYTEA NOT NULL,
ADD COLUMN     "signs_from" TIMESTAMPTZ(3) NOT NULL;

-- CreateTable
CREATE TABLE "external_identity" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "issuer" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "email" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "external_identity_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "provider_answer" (
    "hash" BYTEA NOT NULL,
    "state_hash" BYTEA NOT NULL,
    "provider" TEXT NOT NULL,
    "issuer" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "email" TEXT,
    "email_verified" BOOLEAN NOT NULL,
    "name" TEXT,
    "code_challenge" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "provider_answer_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "pending_registration" (
    "id" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,
    "code_hash" BYTEA,
    "email" TEXT NOT NULL,
    "password_hash" TEXT NOT NULL,
    "breach_unknown" BOOLEAN NOT NULL,
    "person" JSONB NOT NULL,
    "device_name" TEXT,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "pending_registration_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "external_identity_user_id_created_at_idx" ON "external_identity"("user_id", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "external_identity_issuer_subject_key" ON "external_identity"("issuer", "subject");

-- CreateIndex
CREATE UNIQUE INDEX "provider_answer_state_hash_key" ON "provider_answer"("state_hash");

-- CreateIndex
CREATE INDEX "provider_answer_expires_at_idx" ON "provider_answer"("expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "pending_registration_hash_key" ON "pending_registration"("hash");

-- CreateIndex
CREATE INDEX "pending_registration_expires_at_idx" ON "pending_registration"("expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "signing_key_signs_from_key" ON "signing_key"("signs_from");

-- AddForeignKey
ALTER TABLE "external_identity" ADD CONSTRAINT "external_identity_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma cannot express.

ALTER TABLE provider_answer
  ADD CONSTRAINT provider_answer_hashes CHECK (length(hash) = 32 AND length(state_hash) = 32);
ALTER TABLE pending_registration
  ADD CONSTRAINT pending_registration_hashes
    CHECK (length(hash) = 32 AND (code_hash IS NULL OR length(code_hash) = 32)),
  ADD CONSTRAINT pending_registration_email_lower CHECK (email = lower(email));
ALTER TABLE session ADD CONSTRAINT session_user_agent_length CHECK (length(user_agent) <= 400);
