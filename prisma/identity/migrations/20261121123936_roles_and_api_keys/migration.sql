-- CreateTable
CREATE TABLE "api_key" (
    "id" TEXT NOT NULL,
    "owner_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,
    "scopes" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "replaced_by_id" TEXT,

    CONSTRAINT "api_key_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "api_key_hash_key" ON "api_key"("hash");

-- CreateIndex
CREATE UNIQUE INDEX "api_key_replaced_by_id_key" ON "api_key"("replaced_by_id");

-- CreateIndex
CREATE INDEX "api_key_owner_id_created_at_id_idx" ON "api_key"("owner_id", "created_at" DESC, "id" DESC);

-- AddForeignKey
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_replaced_by_id_fkey" FOREIGN KEY ("replaced_by_id") REFERENCES "api_key"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- What Prisma cannot express.

ALTER TABLE api_key
  ADD CONSTRAINT api_key_is_sha256 CHECK (length(hash) = 32),
  ADD CONSTRAINT api_key_expires CHECK (expires_at >= created_at),
  ALTER COLUMN scopes SET NOT NULL;

-- Platform roles; what else stands there would be a token's claim that nobody knows.
ALTER TABLE "user" ADD CONSTRAINT user_roles_known
  CHECK (roles <@ ARRAY['ADMINISTRATOR', 'MODERATOR', 'SUPPORT']);
