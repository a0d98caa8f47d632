-- CreateEnum
CREATE TYPE "proof_method" AS ENUM ('PASSWORD', 'TOTP', 'RECOVERY_CODE', 'PASSKEY');

-- CreateEnum
CREATE TYPE "passkey_ceremony" AS ENUM ('REGISTRATION', 'SIGN_IN');

-- AlterEnum
-- This migration adds more than one value to an enum.
-- With PostgreSQL versions 11 and earlier, this is not possible
-- in a single migration. This can be worked around by creating
-- multiple migrations, each migration adding only one value to
-- the enum.


ALTER TYPE "security_event_type" ADD VALUE 'PASSKEY_ADDED';
ALTER TYPE "security_event_type" ADD VALUE 'PASSKEY_REMOVED';
ALTER TYPE "security_event_type" ADD VALUE 'PASSKEY_CLONED';

-- AlterTable
-- Sessions that are open already began with a password; how else they were proved is not known.
ALTER TABLE "session" ADD COLUMN     "proved_at" TIMESTAMPTZ(3),
ADD COLUMN     "proved_by" "proof_method" NOT NULL DEFAULT 'PASSWORD';
UPDATE session SET proved_at = created_at;
ALTER TABLE session ALTER COLUMN proved_at SET NOT NULL, ALTER COLUMN proved_by DROP DEFAULT;

-- AlterTable
ALTER TABLE "account" ALTER COLUMN "password_hash" DROP NOT NULL;

-- CreateTable
CREATE TABLE "passkey" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "credential_id" BYTEA NOT NULL,
    "public_key" BYTEA NOT NULL,
    "counter" BIGINT NOT NULL,
    "transports" TEXT[],
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "last_used_at" TIMESTAMPTZ(3),

    CONSTRAINT "passkey_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "passkey_challenge" (
    "hash" BYTEA NOT NULL,
    "ceremony" "passkey_ceremony" NOT NULL,
    "user_id" TEXT,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "passkey_challenge_pkey" PRIMARY KEY ("hash")
);

-- CreateIndex
CREATE UNIQUE INDEX "passkey_credential_id_key" ON "passkey"("credential_id");

-- CreateIndex
CREATE INDEX "passkey_user_id_created_at_idx" ON "passkey"("user_id", "created_at");

-- CreateIndex
CREATE INDEX "passkey_challenge_expires_at_idx" ON "passkey_challenge"("expires_at");

-- CreateIndex
CREATE INDEX "passkey_challenge_user_id_idx" ON "passkey_challenge"("user_id");

-- AddForeignKey
ALTER TABLE "passkey" ADD CONSTRAINT "passkey_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "passkey_challenge" ADD CONSTRAINT "passkey_challenge_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma cannot express.

ALTER TABLE passkey
  ADD CONSTRAINT passkey_counter_not_negative CHECK (counter >= 0),
  ADD CONSTRAINT passkey_name_length CHECK (length(name) BETWEEN 1 AND 80),
  -- WebAuthn §4 bounds an id; a COSE key of any algorithm we take is smaller than its bound.
  ADD CONSTRAINT passkey_sizes CHECK (length(credential_id) BETWEEN 16 AND 1023 AND length(public_key) <= 2048);
ALTER TABLE passkey_challenge
  ADD CONSTRAINT passkey_challenge_is_sha256 CHECK (length(hash) = 32),
  ADD CONSTRAINT passkey_registration_has_owner CHECK (ceremony <> 'REGISTRATION' OR user_id IS NOT NULL);
