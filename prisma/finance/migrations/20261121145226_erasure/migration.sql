-- AlterTable
ALTER TABLE "party" ADD COLUMN     "closed_at" TIMESTAMPTZ(3);

-- What Prisma cannot express.

-- Whoever is closed neither pays nor is paid. A statement of its own, after the accounts are locked,
-- so that it sees a party that was closed while a transfer waited for its lock.
CREATE FUNCTION "refuse_closed_party"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM "posted"
    JOIN "account" ON "account"."id" = "posted"."account_id"
    JOIN "party" ON "party"."id" = "account"."owner_id"
    WHERE "party"."closed_at" IS NOT NULL
  ) THEN
    RAISE EXCEPTION 'wallet_of_closed_party: nothing is paid to or by somebody who has left'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER "posting_not_of_closed_party" AFTER INSERT ON "posting"
  REFERENCING NEW TABLE AS "posted"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_closed_party"();

-- Entries stay as they are, but for the words of somebody who has left: those can be taken away,
-- never changed. Amounts, sides and times are what the books rest on.
CREATE FUNCTION "refuse_change_of_entry"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW."description" IS NULL
    AND to_jsonb(NEW) - 'description' = to_jsonb(OLD) - 'description'
    AND EXISTS (SELECT FROM "party" WHERE "id" = OLD."initiator" AND "closed_at" IS NOT NULL)
  THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'entry is append-only: UPDATE refused'
    USING ERRCODE = 'integrity_constraint_violation';
END $$;

DROP TRIGGER "entry_append_only" ON "entry";
CREATE TRIGGER "entry_not_deleted" BEFORE DELETE ON "entry"
  FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "entry_append_only" BEFORE UPDATE ON "entry"
  FOR EACH ROW EXECUTE FUNCTION "refuse_change_of_entry"();
