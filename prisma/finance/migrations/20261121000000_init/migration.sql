-- CreateEnum
CREATE TYPE "currency" AS ENUM ('CHF', 'EUR', 'GBP', 'JPY', 'PLN', 'SEK', 'TND', 'USD');

-- CreateEnum
CREATE TYPE "party_kind" AS ENUM ('CIVILIAN', 'MERCHANT', 'OFFICER', 'FAMILY', 'DONOR');

-- CreateEnum
CREATE TYPE "account_kind" AS ENUM ('WALLET', 'EXTERNAL_FUNDING');

-- CreateEnum
CREATE TYPE "ledger_side" AS ENUM ('DEBIT', 'CREDIT');

-- CreateEnum
CREATE TYPE "entry_kind" AS ENUM ('FUNDING', 'TRANSFER', 'DONATION');

-- CreateTable
CREATE TABLE "party" (
    "id" TEXT NOT NULL,
    "kind" "party_kind" NOT NULL,
    "registered_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "party_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "account" (
    "id" TEXT NOT NULL,
    "kind" "account_kind" NOT NULL,
    "normal_balance" "ledger_side" NOT NULL,
    "currency" "currency" NOT NULL,
    "owner_id" TEXT,
    "balance_minor" BIGINT NOT NULL DEFAULT 0,
    "posting_count" BIGINT NOT NULL DEFAULT 0,
    "opened_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "entry" (
    "id" TEXT NOT NULL,
    "kind" "entry_kind" NOT NULL,
    "description" TEXT,
    "initiator" TEXT NOT NULL,
    "idempotency_key" TEXT NOT NULL,
    "request_hash" BYTEA NOT NULL,
    "posting_count" INTEGER NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "entry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "posting" (
    "account_id" TEXT NOT NULL,
    "sequence" BIGINT NOT NULL,
    "entry_id" TEXT NOT NULL,
    "currency" "currency" NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "balance_after" BIGINT NOT NULL,

    CONSTRAINT "posting_pkey" PRIMARY KEY ("account_id","sequence")
);

-- CreateTable
CREATE TABLE "donation" (
    "id" TEXT NOT NULL,
    "entry_id" TEXT NOT NULL,
    "donor_id" TEXT NOT NULL,
    "family_id" TEXT NOT NULL,
    "family_kind" "party_kind" NOT NULL DEFAULT 'FAMILY',
    "currency" "currency" NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "anonymous" BOOLEAN NOT NULL,
    "donated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "donation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "donation_total" (
    "family_id" TEXT NOT NULL,
    "family_kind" "party_kind" NOT NULL DEFAULT 'FAMILY',
    "currency" "currency" NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "donation_count" BIGINT NOT NULL,

    CONSTRAINT "donation_total_pkey" PRIMARY KEY ("family_id","currency")
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
CREATE UNIQUE INDEX "party_id_kind_key" ON "party"("id", "kind");

-- CreateIndex
CREATE UNIQUE INDEX "account_owner_id_currency_key" ON "account"("owner_id", "currency");

-- CreateIndex
CREATE UNIQUE INDEX "account_platform_key" ON "account"("kind", "currency") WHERE (owner_id IS NULL);

-- CreateIndex
CREATE UNIQUE INDEX "account_id_currency_key" ON "account"("id", "currency");

-- CreateIndex
CREATE UNIQUE INDEX "entry_initiator_idempotency_key_key" ON "entry"("initiator", "idempotency_key");

-- CreateIndex
CREATE UNIQUE INDEX "posting_entry_id_account_id_key" ON "posting"("entry_id", "account_id");

-- CreateIndex
CREATE UNIQUE INDEX "donation_entry_id_key" ON "donation"("entry_id");

-- CreateIndex
CREATE INDEX "donation_family_id_donated_at_id_idx" ON "donation"("family_id", "donated_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "donation_donor_id_donated_at_id_idx" ON "donation"("donor_id", "donated_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "donation_donor_shown_idx" ON "donation"("donor_id", "donated_at" DESC, "id" DESC) WHERE (NOT anonymous);

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
ALTER TABLE "account" ADD CONSTRAINT "account_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "party"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "posting" ADD CONSTRAINT "posting_account_id_currency_fkey" FOREIGN KEY ("account_id", "currency") REFERENCES "account"("id", "currency") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "posting" ADD CONSTRAINT "posting_entry_id_fkey" FOREIGN KEY ("entry_id") REFERENCES "entry"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "donation" ADD CONSTRAINT "donation_entry_id_fkey" FOREIGN KEY ("entry_id") REFERENCES "entry"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "donation" ADD CONSTRAINT "donation_donor_id_fkey" FOREIGN KEY ("donor_id") REFERENCES "party"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "donation" ADD CONSTRAINT "donation_family_id_family_kind_fkey" FOREIGN KEY ("family_id", "family_kind") REFERENCES "party"("id", "kind") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "donation_total" ADD CONSTRAINT "donation_total_family_id_family_kind_fkey" FOREIGN KEY ("family_id", "family_kind") REFERENCES "party"("id", "kind") ON DELETE RESTRICT ON UPDATE CASCADE;


-- From here on by hand: what the Prisma schema cannot say.

ALTER TABLE "account"
  ADD CONSTRAINT "account_owned_if_wallet" CHECK (("kind" = 'WALLET') = ("owner_id" IS NOT NULL)),
  ADD CONSTRAINT "account_id_of_its_kind"
    CHECK ("id" LIKE CASE "kind" WHEN 'WALLET' THEN 'wal\_%' ELSE 'acc\_%' END),
  ADD CONSTRAINT "account_normal_balance" CHECK (
    "normal_balance" = CASE "kind"
      WHEN 'WALLET' THEN 'CREDIT'::"ledger_side"
      WHEN 'EXTERNAL_FUNDING' THEN 'DEBIT'::"ledger_side"
    END),
  ADD CONSTRAINT "account_wallet_not_overdrawn" CHECK ("kind" <> 'WALLET' OR "balance_minor" >= 0),
  ADD CONSTRAINT "account_posting_count" CHECK ("posting_count" >= 0);

ALTER TABLE "entry"
  ADD CONSTRAINT "entry_has_two_sides" CHECK ("posting_count" >= 2),
  ADD CONSTRAINT "entry_request_hash" CHECK (octet_length("request_hash") = 32),
  ADD CONSTRAINT "entry_idempotency_key" CHECK (char_length("idempotency_key") BETWEEN 1 AND 100),
  ADD CONSTRAINT "entry_description" CHECK (char_length("description") BETWEEN 1 AND 1000);

ALTER TABLE "posting"
  ADD CONSTRAINT "posting_moves_something" CHECK ("amount_minor" <> 0),
  ADD CONSTRAINT "posting_sequence" CHECK ("sequence" > 0);

ALTER TABLE "donation"
  ADD CONSTRAINT "donation_amount" CHECK ("amount_minor" > 0),
  ADD CONSTRAINT "donation_to_family" CHECK ("family_kind" = 'FAMILY');

ALTER TABLE "donation_total"
  ADD CONSTRAINT "donation_total_not_negative" CHECK ("amount_minor" >= 0 AND "donation_count" >= 0),
  ADD CONSTRAINT "donation_total_of_family" CHECK ("family_kind" = 'FAMILY');

-- What is posted stays posted: a mistake is corrected by a further entry, never by a change.
CREATE FUNCTION "refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER "entry_append_only" BEFORE UPDATE OR DELETE ON "entry"
  FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "posting_append_only" BEFORE UPDATE OR DELETE ON "posting"
  FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "donation_append_only" BEFORE UPDATE OR DELETE ON "donation"
  FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "account_not_deleted" BEFORE DELETE ON "account"
  FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "entry_not_truncated" BEFORE TRUNCATE ON "entry"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "posting_not_truncated" BEFORE TRUNCATE ON "posting"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "donation_not_truncated" BEFORE TRUNCATE ON "donation"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "account_not_truncated" BEFORE TRUNCATE ON "account"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();

-- An account starts empty, and only its postings move its balance: an UPDATE comes either from the
-- trigger on "posting" below (then this one runs at depth 2) or from somebody who must not.
CREATE FUNCTION "guard_account"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' AND (NEW."balance_minor" <> 0 OR NEW."posting_count" <> 0) THEN
    RAISE EXCEPTION 'account % must start empty', NEW."id"
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF TG_OP = 'UPDATE' AND (
    pg_trigger_depth() < 2
    OR (NEW."id", NEW."kind", NEW."normal_balance", NEW."currency", NEW."opened_at")
       <> (OLD."id", OLD."kind", OLD."normal_balance", OLD."currency", OLD."opened_at")
    OR NEW."owner_id" IS DISTINCT FROM OLD."owner_id"
  ) THEN
    RAISE EXCEPTION 'account % changes by postings alone', OLD."id"
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER "account_guarded" BEFORE INSERT OR UPDATE ON "account"
  FOR EACH ROW EXECUTE FUNCTION "guard_account"();

-- Carries postings into the balances of their accounts, in the statement that writes them. The
-- writer states each posting's sequence and running balance; stating them wrongly is refused, so a
-- writer that did not hold the account's lock cannot slip in. Accounts are locked in id order.
CREATE FUNCTION "carry_postings"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  wrong record;
BEGIN
  PERFORM FROM "account" WHERE "id" IN (SELECT "account_id" FROM "posted")
    ORDER BY "id" FOR NO KEY UPDATE;

  SELECT * INTO wrong FROM (
    SELECT "posted"."account_id", "posted"."sequence", "posted"."balance_after", "account"."kind",
           "account"."posting_count" + row_number() OVER "line" AS "next_sequence",
           "account"."balance_minor" + sum("posted"."amount_minor") OVER "line" AS "next_balance"
    FROM "posted" JOIN "account" ON "account"."id" = "posted"."account_id"
    WINDOW "line" AS (PARTITION BY "posted"."account_id" ORDER BY "posted"."sequence")
  ) AS "checked"
  WHERE "sequence" <> "next_sequence" OR "balance_after" <> "next_balance"
     OR ("kind" = 'WALLET' AND "balance_after" < 0)
  LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'posting %/% states balance %; next is %/% with balance %, and a wallet is never negative',
      wrong."account_id", wrong."sequence", wrong."balance_after",
      wrong."account_id", wrong."next_sequence", wrong."next_balance"
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;

  UPDATE "account" SET
    "balance_minor" = "balance_minor" + "change"."amount_minor",
    "posting_count" = "posting_count" + "change"."count"
  FROM (
    SELECT "account_id", sum("amount_minor") AS "amount_minor", count(*) AS "count"
    FROM "posted" GROUP BY "account_id"
  ) AS "change"
  WHERE "id" = "change"."account_id";
  RETURN NULL;
END $$;

CREATE TRIGGER "posting_carried" AFTER INSERT ON "posting"
  REFERENCING NEW TABLE AS "posted"
  FOR EACH STATEMENT EXECUTE FUNCTION "carry_postings"();

-- At COMMIT every entry is whole: it has the postings it says it has, they sum to zero in each
-- currency, and a donation says whose it was. On "posting" as well, because postings could
-- otherwise be added to an entry that was committed before.
CREATE FUNCTION "assert_entry_whole"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  checked text;
  posted bigint;
  balanced boolean;
  stated record;
BEGIN
  IF TG_TABLE_NAME = 'entry' THEN checked := NEW."id"; ELSE checked := NEW."entry_id"; END IF;
  SELECT "posting_count", "kind" INTO stated FROM "entry" WHERE "id" = checked;
  SELECT coalesce(sum("count"), 0), coalesce(bool_and("sum" = 0), true) INTO posted, balanced FROM (
    SELECT count(*) AS "count", sum("amount_minor") AS "sum"
    FROM "posting" WHERE "entry_id" = checked GROUP BY "currency"
  ) AS "side";
  IF posted <> stated."posting_count" THEN
    RAISE EXCEPTION 'entry % has % postings and not the % it states', checked, posted,
      stated."posting_count" USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NOT balanced THEN
    RAISE EXCEPTION 'the postings of entry % do not sum to zero', checked
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF stated."kind" = 'DONATION'
     AND NOT EXISTS (SELECT FROM "donation" WHERE "entry_id" = checked) THEN
    RAISE EXCEPTION 'entry % is a donation without its donor and family', checked
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER "entry_whole" AFTER INSERT ON "entry"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "assert_entry_whole"();
CREATE CONSTRAINT TRIGGER "posting_of_whole_entry" AFTER INSERT ON "posting"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "assert_entry_whole"();

-- A donation says the same as the postings of its entry.
CREATE FUNCTION "assert_donation_posted"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM "entry"
    JOIN "posting" AS "given" ON "given"."entry_id" = "entry"."id"
    JOIN "account" AS "giver" ON "giver"."id" = "given"."account_id"
    JOIN "posting" AS "taken" ON "taken"."entry_id" = "entry"."id"
    JOIN "account" AS "taker" ON "taker"."id" = "taken"."account_id"
    WHERE "entry"."id" = NEW."entry_id" AND "entry"."kind" = 'DONATION'
      AND "entry"."occurred_at" = NEW."donated_at" AND "given"."currency" = NEW."currency"
      AND "giver"."owner_id" = NEW."donor_id" AND "given"."amount_minor" = -NEW."amount_minor"
      AND "taker"."owner_id" = NEW."family_id" AND "taken"."amount_minor" = NEW."amount_minor"
  ) THEN
    RAISE EXCEPTION 'donation % is not what entry % posts', NEW."id", NEW."entry_id"
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER "donation_posted" AFTER INSERT ON "donation"
  FOR EACH ROW EXECUTE FUNCTION "assert_donation_posted"();

-- An auditor's view: one row for everything that is wrong with the books; empty when they are right.
-- It trusts none of the constraints above. It reads the whole ledger: for tests and for the night.
CREATE VIEW "ledger_violation" ("rule", "subject", "detail") AS
  SELECT 'entry-balanced', "entry_id", "currency" || ' sums to ' || sum("amount_minor")
  FROM "posting" GROUP BY "entry_id", "currency" HAVING sum("amount_minor") <> 0
UNION ALL
  SELECT 'entry-whole', "id", "posting_count" || ' postings stated, ' || "posted"."count" || ' there'
  FROM "entry", LATERAL (SELECT count(*) FROM "posting" WHERE "entry_id" = "id") AS "posted"
  WHERE "posting_count" <> "posted"."count"
UNION ALL
  SELECT 'balance-is-sum-of-postings', "id",
    'states ' || "balance_minor" || ' after ' || "posting_count" || ', has '
      || coalesce("posted"."sum", 0) || ' after ' || coalesce("posted"."count", 0)
  FROM "account" LEFT JOIN (
    SELECT "account_id", sum("amount_minor"), count(*) FROM "posting" GROUP BY "account_id"
  ) AS "posted" ON "posted"."account_id" = "id"
  WHERE "balance_minor" <> coalesce("posted"."sum", 0)
     OR "posting_count" <> coalesce("posted"."count", 0)
UNION ALL
  SELECT 'running-balance', "account_id" || '/' || "sequence",
    'states ' || "balance_after" || ', is ' || "running" || ' after ' || "place"
  FROM (
    SELECT "account_id", "sequence", "balance_after", row_number() OVER "line" AS "place",
           sum("amount_minor") OVER "line" AS "running"
    FROM "posting" WINDOW "line" AS (PARTITION BY "account_id" ORDER BY "sequence")
  ) AS "line"
  WHERE "sequence" <> "place" OR "balance_after" <> "running"
UNION ALL
  SELECT 'wallet-never-negative', "account_id" || '/' || "sequence", "balance_after"::text
  FROM "posting" JOIN "account" ON "id" = "account_id"
  WHERE "kind" = 'WALLET' AND "balance_after" < 0
UNION ALL
  SELECT 'currency-of-account', "account_id" || '/' || "sequence", "posting"."currency"::text
  FROM "posting" JOIN "account" ON "id" = "account_id"
  WHERE "posting"."currency" <> "account"."currency"
UNION ALL
  SELECT 'trial-balance', "currency"::text, sum("balance_minor")::text
  FROM "account" GROUP BY "currency" HAVING sum("balance_minor") <> 0
UNION ALL
  SELECT 'donation-posted', "entry"."id", coalesce("donation"."id", 'no donation')
  FROM "entry"
  LEFT JOIN "donation" ON "donation"."entry_id" = "entry"."id"
  LEFT JOIN "account" AS "giver"
    ON "giver"."owner_id" = "donation"."donor_id" AND "giver"."currency" = "donation"."currency"
  LEFT JOIN "account" AS "taker"
    ON "taker"."owner_id" = "donation"."family_id" AND "taker"."currency" = "donation"."currency"
  LEFT JOIN "posting" AS "given"
    ON "given"."entry_id" = "entry"."id" AND "given"."account_id" = "giver"."id"
  LEFT JOIN "posting" AS "taken"
    ON "taken"."entry_id" = "entry"."id" AND "taken"."account_id" = "taker"."id"
  WHERE ("entry"."kind" = 'DONATION' OR "donation"."id" IS NOT NULL)
    AND ("entry"."kind", "given"."amount_minor", "taken"."amount_minor", "donation"."donated_at")
        IS DISTINCT FROM
        ('DONATION'::"entry_kind", -"donation"."amount_minor", "donation"."amount_minor", "entry"."occurred_at")
UNION ALL
  SELECT 'donation-total', coalesce("stated"."family_id", "given"."family_id"),
    coalesce("stated"."currency", "given"."currency") || ' states ' || coalesce("stated"."amount_minor", 0)
      || ' of ' || coalesce("stated"."donation_count", 0) || ', has ' || coalesce("given"."sum", 0)
      || ' of ' || coalesce("given"."count", 0)
  FROM "donation_total" AS "stated" FULL JOIN (
    SELECT "family_id", "currency", sum("amount_minor"), count(*)
    FROM "donation" GROUP BY "family_id", "currency"
  ) AS "given" ON "given"."family_id" = "stated"."family_id" AND "given"."currency" = "stated"."currency"
  WHERE "stated"."amount_minor" IS DISTINCT FROM "given"."sum"
     OR "stated"."donation_count" IS DISTINCT FROM "given"."count";
