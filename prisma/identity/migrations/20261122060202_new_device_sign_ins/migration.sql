-- AlterEnum
ALTER TYPE "security_event_type" ADD VALUE 'SIGNED_IN_ON_NEW_DEVICE';

-- AlterTable
ALTER TABLE "account" ADD COLUMN     "new_device_told_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "provider_answer" ADD COLUMN     "session_id" TEXT;
