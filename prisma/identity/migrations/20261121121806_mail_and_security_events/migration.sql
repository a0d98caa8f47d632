-- CreateEnum
CREATE TYPE "one_time_token_purpose" AS ENUM ('VERIFY_EMAIL', 'CHANGE_EMAIL', 'RESET_PASSWORD');

-- CreateEnum
CREATE TYPE "security_event_type" AS ENUM ('REGISTERED', 'SIGNED_IN', 'SIGNED_OUT', 'SIGNED_OUT_EVERYWHERE', 'SESSION_STOLEN', 'EMAIL_VERIFIED', 'EMAIL_CHANGE_REQUESTED', 'EMAIL_CHANGED', 'PASSWORD_CHANGED', 'PASSWORD_RESET', 'MFA_ENABLED', 'MFA_DISABLED', 'RECOVERY_CODE_USED', 'RECOVERY_CODES_REPLACED', 'ROLE_GRANTED', 'ROLE_REVOKED', 'API_KEY_CREATED', 'API_KEY_ROTATED', 'API_KEY_REVOKED');

-- AlterTable
ALTER TABLE "account" ADD COLUMN     "email_verified_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "one_time_token" (
    "hash" BYTEA NOT NULL,
    "user_id" TEXT NOT NULL,
    "purpose" "one_time_token_purpose" NOT NULL,
    "email" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "one_time_token_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "pending_mail" (
    "id" TEXT NOT NULL,
    "template" TEXT NOT NULL,
    "user_id" TEXT,
    "recipient" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "pending_mail_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "security_event" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "type" "security_event_type" NOT NULL,
    "actor_id" TEXT,
    "session_id" TEXT,
    "subject" TEXT,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "security_event_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "one_time_token_user_id_purpose_key" ON "one_time_token"("user_id", "purpose");

-- CreateIndex
CREATE INDEX "pending_mail_due_at_idx" ON "pending_mail"("due_at");

-- CreateIndex
CREATE INDEX "security_event_user_id_occurred_at_id_idx" ON "security_event"("user_id", "occurred_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "security_event_actor_id_idx" ON "security_event"("actor_id");

-- AddForeignKey
ALTER TABLE "one_time_token" ADD CONSTRAINT "one_time_token_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "security_event" ADD CONSTRAINT "security_event_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "security_event" ADD CONSTRAINT "security_event_actor_id_fkey" FOREIGN KEY ("actor_id") REFERENCES "user"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What Prisma cannot express.

ALTER TABLE one_time_token
  ADD CONSTRAINT one_time_token_is_sha256 CHECK (length(hash) = 32),
  ADD CONSTRAINT one_time_token_email_lower CHECK (email = lower(email));

-- The log of security events is evidence: it can be added to, never changed or cut.
CREATE TRIGGER security_event_append_only
  BEFORE UPDATE OR DELETE OR TRUNCATE ON security_event
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
