-- CreateEnum
CREATE TYPE "data_request_kind" AS ENUM ('EXPORT', 'ERASURE');

-- CreateEnum
CREATE TYPE "data_request_stage" AS ENUM ('COLLECTING', 'CLEARING', 'ERASING', 'COMPLETED', 'REFUSED', 'EXPIRED');

-- AlterTable
ALTER TABLE "user" ADD COLUMN     "erased_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "data_request" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "kind" "data_request_kind" NOT NULL,
    "stage" "data_request_stage" NOT NULL,
    "attempt" INTEGER NOT NULL DEFAULT 1,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3),
    "refusal_code" TEXT,
    "refusal" TEXT,

    CONSTRAINT "data_request_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "data_request_part" (
    "request_id" TEXT NOT NULL,
    "subgraph" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL,
    "index" INTEGER NOT NULL,
    "last" BOOLEAN NOT NULL,
    "section" TEXT,
    "rows" JSONB,

    CONSTRAINT "data_request_part_pkey" PRIMARY KEY ("request_id","subgraph","attempt","index")
);

-- CreateIndex
CREATE INDEX "data_request_user_id_requested_at_id_idx" ON "data_request"("user_id", "requested_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "data_request_stage_due_at_idx" ON "data_request"("stage", "due_at");

-- AddForeignKey
ALTER TABLE "data_request" ADD CONSTRAINT "data_request_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "data_request_part" ADD CONSTRAINT "data_request_part_request_id_fkey" FOREIGN KEY ("request_id") REFERENCES "data_request"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma cannot express.

-- One of a kind at a time per person.
CREATE UNIQUE INDEX raw_data_request_running ON data_request (user_id, kind)
  WHERE stage IN ('COLLECTING', 'CLEARING', 'ERASING');

ALTER TABLE data_request
  ADD CONSTRAINT data_request_ended
    CHECK ((stage IN ('COLLECTING', 'CLEARING', 'ERASING')) = (ended_at IS NULL)),
  ADD CONSTRAINT data_request_refused CHECK ((stage = 'REFUSED') = (refusal_code IS NOT NULL)),
  ADD CONSTRAINT data_request_stage_of_kind CHECK (
    CASE kind
      WHEN 'EXPORT' THEN stage IN ('COLLECTING', 'COMPLETED', 'EXPIRED')
      WHEN 'ERASURE' THEN stage IN ('CLEARING', 'ERASING', 'COMPLETED', 'REFUSED')
    END
  );

-- Nobody who was erased is found, is verified, or has a role.
ALTER TABLE "user" ADD CONSTRAINT user_erased_is_nobody CHECK (
  erased_at IS NULL OR (
    roles = '{}' AND NOT verified AND bio IS NULL AND location IS NULL AND address IS NULL AND
    search_visibility = 'PRIVATE' AND acquaintance_visibility = 'PRIVATE'
  )
);

-- The two records stay append-only, but for what is personal of somebody who was erased: the words
-- and the place of an encounter, the subject of a security event can be taken away, never changed.
CREATE FUNCTION refuse_change_but_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  before jsonb := to_jsonb(OLD);
  after  jsonb := to_jsonb(NEW);
  erasable text[] := TG_ARGV[1]::text[];
BEGIN
  IF after - erasable = before - erasable
    AND jsonb_strip_nulls(after) = jsonb_strip_nulls(after) - erasable
    AND EXISTS (SELECT FROM "user" WHERE id = before->>TG_ARGV[0] AND erased_at IS NOT NULL)
  THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'UPDATE of % is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

DROP TRIGGER encounter_append_only ON encounter;
CREATE TRIGGER encounter_append_only BEFORE DELETE OR TRUNCATE ON encounter
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER encounter_erasable BEFORE UPDATE ON encounter
  FOR EACH ROW EXECUTE FUNCTION
    refuse_change_but_erasure('civilian_id', '{note,latitude_hundredths,longitude_hundredths}');

DROP TRIGGER security_event_append_only ON security_event;
CREATE TRIGGER security_event_append_only BEFORE DELETE OR TRUNCATE ON security_event
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER security_event_erasable BEFORE UPDATE ON security_event
  FOR EACH ROW EXECUTE FUNCTION refuse_change_but_erasure('user_id', '{subject}');
