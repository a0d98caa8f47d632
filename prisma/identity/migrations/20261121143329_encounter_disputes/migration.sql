-- CreateEnum
CREATE TYPE "dispute_state" AS ENUM ('OPEN', 'UPHELD', 'REJECTED');

-- AlterTable
ALTER TABLE "encounter" ADD COLUMN     "latitude_hundredths" SMALLINT,
ADD COLUMN     "longitude_hundredths" SMALLINT;

-- CreateTable
CREATE TABLE "encounter_dispute" (
    "id" TEXT NOT NULL,
    "encounter_id" TEXT NOT NULL,
    "statement" TEXT NOT NULL,
    "state" "dispute_state" NOT NULL DEFAULT 'OPEN',
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "answered_at" TIMESTAMPTZ(3),
    "answered_by_id" TEXT,
    "answer" TEXT,

    CONSTRAINT "encounter_dispute_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "encounter_dispute_encounter_id_key" ON "encounter_dispute"("encounter_id");

-- CreateIndex
CREATE INDEX "encounter_dispute_state_opened_at_id_idx" ON "encounter_dispute"("state", "opened_at", "id");

-- CreateIndex
CREATE INDEX "encounter_dispute_answered_by_id_idx" ON "encounter_dispute"("answered_by_id");

-- AddForeignKey
ALTER TABLE "encounter_dispute" ADD CONSTRAINT "encounter_dispute_encounter_id_fkey" FOREIGN KEY ("encounter_id") REFERENCES "encounter"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "encounter_dispute" ADD CONSTRAINT "encounter_dispute_answered_by_id_fkey" FOREIGN KEY ("answered_by_id") REFERENCES "user"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What Prisma cannot express.

ALTER TABLE encounter
  ADD CONSTRAINT encounter_place_on_earth CHECK (
    (latitude_hundredths IS NULL) = (longitude_hundredths IS NULL) AND
    latitude_hundredths BETWEEN -9000 AND 9000 AND
    longitude_hundredths BETWEEN -18000 AND 18000
  );

ALTER TABLE encounter_dispute
  ADD CONSTRAINT encounter_dispute_answered CHECK (
    (state = 'OPEN') = (answered_at IS NULL) AND
    (state = 'OPEN') = (answered_by_id IS NULL) AND
    (state = 'OPEN') = (answer IS NULL)
  );

-- Neither side of an encounter judges a dispute about it.
CREATE FUNCTION refuse_own_dispute() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM encounter
    WHERE id = NEW.encounter_id AND NEW.answered_by_id IN (civilian_id, officer_id)
  ) THEN
    RAISE EXCEPTION 'encounter_dispute is answered by a third person'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'encounter_dispute_by_third';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER encounter_dispute_by_third
  BEFORE INSERT OR UPDATE ON encounter_dispute
  FOR EACH ROW WHEN (NEW.answered_by_id IS NOT NULL) EXECUTE FUNCTION refuse_own_dispute();

-- What a handle looks like. Handles are lower-case ASCII, so of the confusables of Unicode
-- (UTS 39, confusables.txt) these remain: 0 and o, 1 and l, m and rn. Nobody takes a handle that
-- looks like another's, whoever writes the row.
CREATE FUNCTION handle_look(handle text) RETURNS text
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN replace(translate(handle, '01', 'ol'), 'rn', 'm');

CREATE UNIQUE INDEX raw_user_handle_look ON "user" (handle_look(handle));
CREATE INDEX raw_former_handle_look ON former_handle (handle_look(handle));
