-- CreateEnum
CREATE TYPE "operation_mode" AS ENUM ('LOG_UNKNOWN', 'SAFELIST', 'REQUIRE_ID');

-- AlterTable
ALTER TABLE "api_key" ADD COLUMN     "partner_account_id" TEXT;

-- CreateTable
CREATE TABLE "partner_account" (
    "id" TEXT NOT NULL,
    "owner_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "mode" "operation_mode" NOT NULL DEFAULT 'LOG_UNKNOWN',
    "needs_key" BOOLEAN NOT NULL DEFAULT true,
    "requests_per_minute" INTEGER NOT NULL,
    "requests_per_day" INTEGER,
    "maximum_cost" INTEGER,
    "manifest_version" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "partner_account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "registered_operation" (
    "partner_account_id" TEXT NOT NULL,
    "operation_id" TEXT NOT NULL,
    "normalized_hash" TEXT NOT NULL,
    "name" TEXT,
    "document" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "published_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "registered_operation_pkey" PRIMARY KEY ("partner_account_id","operation_id")
);

-- CreateTable
CREATE TABLE "operation_usage" (
    "api_key_id" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "operation_id" TEXT NOT NULL,
    "partner_account_id" TEXT NOT NULL,
    "requests" BIGINT NOT NULL,
    "failures" BIGINT NOT NULL,
    "cost" BIGINT NOT NULL,

    CONSTRAINT "operation_usage_pkey" PRIMARY KEY ("api_key_id","day","operation_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "partner_account_name_key" ON "partner_account"("name");

-- CreateIndex
CREATE INDEX "partner_account_owner_id_created_at_id_idx" ON "partner_account"("owner_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "registered_operation_partner_account_id_normalized_hash_idx" ON "registered_operation"("partner_account_id", "normalized_hash");

-- CreateIndex
CREATE INDEX "registered_operation_partner_account_id_version_operation_i_idx" ON "registered_operation"("partner_account_id", "version" DESC, "operation_id" DESC);

-- CreateIndex
CREATE INDEX "operation_usage_partner_account_id_day_operation_id_api_key_idx" ON "operation_usage"("partner_account_id", "day" DESC, "operation_id" DESC, "api_key_id" DESC);

-- AddForeignKey
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_partner_account_id_fkey" FOREIGN KEY ("partner_account_id") REFERENCES "partner_account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "partner_account" ADD CONSTRAINT "partner_account_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "user"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "registered_operation" ADD CONSTRAINT "registered_operation_partner_account_id_fkey" FOREIGN KEY ("partner_account_id") REFERENCES "partner_account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "operation_usage" ADD CONSTRAINT "operation_usage_api_key_id_fkey" FOREIGN KEY ("api_key_id") REFERENCES "api_key"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "operation_usage" ADD CONSTRAINT "operation_usage_partner_account_id_fkey" FOREIGN KEY ("partner_account_id") REFERENCES "partner_account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What Prisma cannot express.

-- Deleting or listing by account looks keys up from this side.
CREATE INDEX raw_api_key_partner_account_idx ON api_key (partner_account_id)
  WHERE partner_account_id IS NOT NULL;

ALTER TABLE partner_account
  ADD CONSTRAINT partner_account_name_form CHECK (name ~ '^[a-z][a-z0-9-]{1,39}$'),
  ADD CONSTRAINT partner_account_terms CHECK (
    requests_per_minute > 0 AND requests_per_day > 0 AND maximum_cost > 0),
  ADD CONSTRAINT partner_account_version CHECK (manifest_version >= 0);

ALTER TABLE registered_operation
  ADD CONSTRAINT registered_operation_hash CHECK (normalized_hash ~ '^[0-9a-f]{64}$'),
  ADD CONSTRAINT registered_operation_version CHECK (version > 0);

-- What a client once published goes on working for every release of it that is still in use.
CREATE TRIGGER registered_operation_append_only
  BEFORE UPDATE OR DELETE OR TRUNCATE ON registered_operation
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

ALTER TABLE operation_usage
  ADD CONSTRAINT operation_usage_counts CHECK (requests >= 0 AND failures >= 0 AND cost >= 0);
