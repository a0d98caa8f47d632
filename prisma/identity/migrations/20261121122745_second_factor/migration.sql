-- CreateTable
CREATE TABLE "totp_authenticator" (
    "user_id" TEXT NOT NULL,
    "sealed_secret" BYTEA NOT NULL,
    "confirmed_at" TIMESTAMPTZ(3),
    "last_step" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "totp_authenticator_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "recovery_code" (
    "user_id" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "recovery_code_pkey" PRIMARY KEY ("user_id","hash")
);

-- CreateTable
CREATE TABLE "sign_in_challenge" (
    "hash" BYTEA NOT NULL,
    "user_id" TEXT NOT NULL,
    "device_name" TEXT,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sign_in_challenge_pkey" PRIMARY KEY ("hash")
);

-- CreateIndex
CREATE INDEX "sign_in_challenge_user_id_idx" ON "sign_in_challenge"("user_id");

-- AddForeignKey
ALTER TABLE "totp_authenticator" ADD CONSTRAINT "totp_authenticator_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "recovery_code" ADD CONSTRAINT "recovery_code_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sign_in_challenge" ADD CONSTRAINT "sign_in_challenge_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma cannot express.

ALTER TABLE recovery_code ADD CONSTRAINT recovery_code_is_hmac_sha256 CHECK (length(hash) = 32);
ALTER TABLE sign_in_challenge ADD CONSTRAINT sign_in_challenge_is_sha256 CHECK (length(hash) = 32);
-- Nonce (12), tag (16) and a secret of 20 bytes.
ALTER TABLE totp_authenticator
  ADD CONSTRAINT totp_authenticator_is_sealed CHECK (length(sealed_secret) = 48);
