-- CreateEnum
CREATE TYPE "field_visibility" AS ENUM ('PUBLIC', 'SIGNED_IN', 'ONLY_ME');

-- CreateEnum
CREATE TYPE "verification_state" AS ENUM ('PENDING', 'APPROVED', 'REFUSED', 'WITHDRAWN');

-- AlterEnum
-- This migration adds more than one value to an enum.
-- With PostgreSQL versions 11 and earlier, this is not possible
-- in a single migration. This can be worked around by creating
-- multiple migrations, each migration adding only one value to
-- the enum.


ALTER TYPE "security_event_type" ADD VALUE 'HANDLE_CHANGED';
ALTER TYPE "security_event_type" ADD VALUE 'VERIFICATION_REQUESTED';
ALTER TYPE "security_event_type" ADD VALUE 'VERIFICATION_APPROVED';
ALTER TYPE "security_event_type" ADD VALUE 'VERIFICATION_REFUSED';
ALTER TYPE "security_event_type" ADD VALUE 'VERIFICATION_ENDED';
ALTER TYPE "security_event_type" ADD VALUE 'DATA_EXPORT_REQUESTED';
ALTER TYPE "security_event_type" ADD VALUE 'ERASURE_REQUESTED';
ALTER TYPE "security_event_type" ADD VALUE 'ERASURE_REFUSED';
ALTER TYPE "security_event_type" ADD VALUE 'ERASED';

-- AlterTable
ALTER TABLE "user" ADD COLUMN     "address" TEXT,
ADD COLUMN     "address_visibility" "field_visibility" NOT NULL DEFAULT 'ONLY_ME',
ADD COLUMN     "bio_visibility" "field_visibility" NOT NULL DEFAULT 'PUBLIC',
ADD COLUMN     "email_visibility" "field_visibility" NOT NULL DEFAULT 'ONLY_ME',
ADD COLUMN     "location" TEXT,
ADD COLUMN     "location_visibility" "field_visibility" NOT NULL DEFAULT 'SIGNED_IN';

-- CreateTable
CREATE TABLE "verification_request" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "user_kind" "user_kind" NOT NULL,
    "evidence" TEXT NOT NULL,
    "state" "verification_state" NOT NULL DEFAULT 'PENDING',
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "decided_at" TIMESTAMPTZ(3),
    "decided_by_id" TEXT,
    "reason" TEXT,

    CONSTRAINT "verification_request_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "verification_request_user_id_requested_at_id_idx" ON "verification_request"("user_id", "requested_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "verification_request_state_requested_at_id_idx" ON "verification_request"("state", "requested_at", "id");

-- CreateIndex
CREATE INDEX "verification_request_decided_by_id_idx" ON "verification_request"("decided_by_id");

-- AddForeignKey
ALTER TABLE "verification_request" ADD CONSTRAINT "verification_request_user_id_user_kind_fkey" FOREIGN KEY ("user_id", "user_kind") REFERENCES "user"("id", "kind") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "verification_request" ADD CONSTRAINT "verification_request_decided_by_id_fkey" FOREIGN KEY ("decided_by_id") REFERENCES "user"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What Prisma cannot express.

-- Only a family is visited; and what is shown is bounded, whoever writes it.
ALTER TABLE "user"
  ADD CONSTRAINT user_address_of_family CHECK (kind = 'FAMILY' OR address IS NULL),
  ADD CONSTRAINT user_place_lengths CHECK (length(location) <= 80 AND length(address) <= 300);

-- A decision has somebody who made it, and it is never the person whom it is about. The two kinds
-- with nothing to check cannot ask.
ALTER TABLE verification_request
  ADD CONSTRAINT verification_request_kinds CHECK (user_kind IN ('MERCHANT', 'OFFICER', 'FAMILY')),
  ADD CONSTRAINT verification_request_decided CHECK (
    (state IN ('APPROVED', 'REFUSED')) = (decided_by_id IS NOT NULL) AND
    (state = 'PENDING') = (decided_at IS NULL) AND
    (state <> 'REFUSED' OR reason IS NOT NULL)
  ),
  ADD CONSTRAINT verification_request_not_by_oneself CHECK (decided_by_id <> user_id);

-- One at a time per person: two devices that ask at once make one request.
CREATE UNIQUE INDEX raw_verification_request_pending
  ON verification_request (user_id) WHERE state = 'PENDING';
