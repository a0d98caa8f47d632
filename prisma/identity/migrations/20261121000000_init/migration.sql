-- CreateEnum
CREATE TYPE "user_kind" AS ENUM ('CIVILIAN', 'MERCHANT', 'OFFICER', 'FAMILY', 'DONOR');

-- CreateEnum
CREATE TYPE "donor_type" AS ENUM ('PERSON', 'ORGANIZATION');

-- CreateEnum
CREATE TYPE "profile_visibility" AS ENUM ('PUBLIC', 'PRIVATE');

-- CreateEnum
CREATE TYPE "encounter_kind" AS ENUM ('ASSISTANCE', 'INSPECTION', 'INTERVIEW', 'PATROL', 'TRAFFIC_STOP');

-- CreateTable
CREATE TABLE "user" (
    "id" TEXT NOT NULL,
    "kind" "user_kind" NOT NULL,
    "handle" TEXT NOT NULL,
    "display_name" TEXT NOT NULL,
    "bio" TEXT,
    "joined_at" TIMESTAMPTZ(3) NOT NULL,
    "roles" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "acquaintance_visibility" "profile_visibility" NOT NULL DEFAULT 'PRIVATE',
    "verified" BOOLEAN NOT NULL DEFAULT false,
    "trade_name" TEXT,
    "merchant_category" TEXT,
    "badge_number" TEXT,
    "department" TEXT,
    "needs_statement" TEXT,
    "household_size" INTEGER,
    "donor_type" "donor_type",
    "anonymous_by_default" BOOLEAN,

    CONSTRAINT "user_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "account" (
    "user_id" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "password_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "account_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "session" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "generation" INTEGER NOT NULL DEFAULT 1,
    "device_name" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "rotated_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "refresh_token" (
    "hash" BYTEA NOT NULL,
    "session_id" TEXT NOT NULL,
    "generation" INTEGER NOT NULL,

    CONSTRAINT "refresh_token_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "signing_key" (
    "id" TEXT NOT NULL,
    "private_jwk" JSONB NOT NULL,
    "public_jwk" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "retired_at" TIMESTAMPTZ(3),

    CONSTRAINT "signing_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "encounter" (
    "id" TEXT NOT NULL,
    "civilian_id" TEXT NOT NULL,
    "civilian_kind" "user_kind" NOT NULL DEFAULT 'CIVILIAN',
    "officer_id" TEXT NOT NULL,
    "officer_kind" "user_kind" NOT NULL DEFAULT 'OFFICER',
    "kind" "encounter_kind" NOT NULL,
    "note" TEXT,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "encounter_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "acquaintance" (
    "civilian_id" TEXT NOT NULL,
    "civilian_kind" "user_kind" NOT NULL DEFAULT 'CIVILIAN',
    "officer_id" TEXT NOT NULL,
    "officer_kind" "user_kind" NOT NULL DEFAULT 'OFFICER',
    "met_count" INTEGER NOT NULL,
    "first_met_at" TIMESTAMPTZ(3) NOT NULL,
    "last_met_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "acquaintance_pkey" PRIMARY KEY ("civilian_id","officer_id")
);

-- CreateTable
CREATE TABLE "outbox" (
    "position" BIGSERIAL NOT NULL,
    "id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "aggregate_id" TEXT NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "payload" JSONB NOT NULL,
    "published_at" TIMESTAMPTZ(3),

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("position")
);

-- CreateTable
CREATE TABLE "inbox" (
    "consumer" TEXT NOT NULL,
    "event_id" TEXT NOT NULL,
    "taken_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "inbox_pkey" PRIMARY KEY ("consumer","event_id")
);

-- CreateTable
CREATE TABLE "parked_event" (
    "position" BIGSERIAL NOT NULL,
    "consumer" TEXT NOT NULL,
    "event_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "aggregate_id" TEXT NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "payload" JSONB NOT NULL,
    "error" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL,
    "parked_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "parked_event_pkey" PRIMARY KEY ("position")
);

-- CreateIndex
CREATE UNIQUE INDEX "user_handle_key" ON "user"("handle");

-- CreateIndex
CREATE UNIQUE INDEX "user_badge_number_key" ON "user"("badge_number");

-- CreateIndex
CREATE INDEX "user_kind_joined_at_id_idx" ON "user"("kind", "joined_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "user_joined_at_id_idx" ON "user"("joined_at" DESC, "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "user_id_kind_key" ON "user"("id", "kind");

-- CreateIndex
CREATE UNIQUE INDEX "account_email_key" ON "account"("email");

-- CreateIndex
CREATE INDEX "session_user_id_created_at_idx" ON "session"("user_id", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "refresh_token_session_id_generation_key" ON "refresh_token"("session_id", "generation");

-- CreateIndex
CREATE INDEX "encounter_civilian_id_occurred_at_id_idx" ON "encounter"("civilian_id", "occurred_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "encounter_officer_id_occurred_at_id_idx" ON "encounter"("officer_id", "occurred_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "acquaintance_civilian_id_last_met_at_officer_id_idx" ON "acquaintance"("civilian_id", "last_met_at" DESC, "officer_id" DESC);

-- CreateIndex
CREATE INDEX "acquaintance_officer_id_idx" ON "acquaintance"("officer_id");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_id_key" ON "outbox"("id");

-- CreateIndex
CREATE INDEX "outbox_published_at_position_idx" ON "outbox"("published_at", "position");

-- CreateIndex
CREATE INDEX "inbox_taken_at_idx" ON "inbox"("taken_at");

-- CreateIndex
CREATE INDEX "parked_event_consumer_aggregate_id_position_idx" ON "parked_event"("consumer", "aggregate_id", "position");

-- CreateIndex
CREATE UNIQUE INDEX "parked_event_consumer_event_id_key" ON "parked_event"("consumer", "event_id");

-- AddForeignKey
ALTER TABLE "account" ADD CONSTRAINT "account_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "session" ADD CONSTRAINT "session_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "refresh_token" ADD CONSTRAINT "refresh_token_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "session"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "encounter" ADD CONSTRAINT "encounter_civilian_id_civilian_kind_fkey" FOREIGN KEY ("civilian_id", "civilian_kind") REFERENCES "user"("id", "kind") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "encounter" ADD CONSTRAINT "encounter_officer_id_officer_kind_fkey" FOREIGN KEY ("officer_id", "officer_kind") REFERENCES "user"("id", "kind") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "acquaintance" ADD CONSTRAINT "acquaintance_civilian_id_civilian_kind_fkey" FOREIGN KEY ("civilian_id", "civilian_kind") REFERENCES "user"("id", "kind") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "acquaintance" ADD CONSTRAINT "acquaintance_officer_id_officer_kind_fkey" FOREIGN KEY ("officer_id", "officer_kind") REFERENCES "user"("id", "kind") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What Prisma cannot express.

-- A user has the columns of its kind and of no other.
ALTER TABLE "user"
  ADD CONSTRAINT user_merchant_columns CHECK (
    (kind = 'MERCHANT') = (trade_name IS NOT NULL) AND
    (kind = 'MERCHANT') = (merchant_category IS NOT NULL)
  ),
  ADD CONSTRAINT user_officer_columns CHECK (
    (kind = 'OFFICER') = (badge_number IS NOT NULL) AND
    (kind = 'OFFICER') = (department IS NOT NULL)
  ),
  ADD CONSTRAINT user_family_columns CHECK (
    (kind = 'FAMILY') = (needs_statement IS NOT NULL) AND
    (kind = 'FAMILY') = (household_size IS NOT NULL) AND
    (household_size IS NULL OR household_size BETWEEN 1 AND 50)
  ),
  ADD CONSTRAINT user_donor_columns CHECK (
    (kind = 'DONOR') = (donor_type IS NOT NULL) AND
    (kind = 'DONOR') = (anonymous_by_default IS NOT NULL)
  ),
  ADD CONSTRAINT user_handle_form CHECK (handle ~ '^[a-z0-9](-?[a-z0-9]){2,29}$'),
  ALTER COLUMN roles SET NOT NULL;

ALTER TABLE account ADD CONSTRAINT account_email_lower CHECK (email = lower(email));

ALTER TABLE refresh_token ADD CONSTRAINT refresh_token_is_sha256 CHECK (length(hash) = 32);

-- A civilian meets an officer: with the foreign keys over (id, kind), nobody else can be in these rows.
ALTER TABLE encounter
  ADD CONSTRAINT encounter_civilian_is_civilian CHECK (civilian_kind = 'CIVILIAN'),
  ADD CONSTRAINT encounter_officer_is_officer CHECK (officer_kind = 'OFFICER');
ALTER TABLE acquaintance
  ADD CONSTRAINT acquaintance_civilian_is_civilian CHECK (civilian_kind = 'CIVILIAN'),
  ADD CONSTRAINT acquaintance_officer_is_officer CHECK (officer_kind = 'OFFICER'),
  ADD CONSTRAINT acquaintance_counts CHECK (met_count >= 1 AND first_met_at <= last_met_at);

-- Encounters are a record: they can be added, never changed or removed.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% of % is append-only', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER encounter_append_only
  BEFORE UPDATE OR DELETE OR TRUNCATE ON encounter
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
