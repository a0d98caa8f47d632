-- CreateEnum
CREATE TYPE "currency" AS ENUM ('CHF', 'EUR', 'GBP', 'JPY', 'PLN', 'SEK', 'TND', 'USD');

-- CreateEnum
CREATE TYPE "listing_status" AS ENUM ('ACTIVE', 'PAUSED');

-- CreateEnum
CREATE TYPE "listing_category" AS ENUM ('BOOKS', 'CLOTHING', 'ELECTRONICS', 'FOOD', 'GARDEN', 'HARDWARE', 'HOME', 'MUSIC', 'SPORTS', 'TOYS', 'OTHER');

-- CreateEnum
CREATE TYPE "stock_movement_reason" AS ENUM ('OPENING', 'RECEIVED', 'RETURNED', 'DAMAGED', 'LOST', 'CORRECTION', 'SOLD');

-- CreateEnum
CREATE TYPE "order_status" AS ENUM ('PLACED', 'PAID', 'FULFILLED', 'CANCELLED');

-- CreateTable
CREATE TABLE "listing" (
    "id" TEXT NOT NULL,
    "merchant_id" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "price_minor" BIGINT NOT NULL,
    "currency" "currency" NOT NULL,
    "category" "listing_category" NOT NULL,
    "status" "listing_status" NOT NULL DEFAULT 'ACTIVE',
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "listing_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "stock" (
    "listing_id" TEXT NOT NULL,
    "on_hand" INTEGER NOT NULL,
    "reserved" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "stock_pkey" PRIMARY KEY ("listing_id")
);

-- CreateTable
CREATE TABLE "stock_movement" (
    "position" BIGSERIAL NOT NULL,
    "listing_id" TEXT NOT NULL,
    "delta" INTEGER NOT NULL,
    "on_hand_after" INTEGER NOT NULL,
    "reason" "stock_movement_reason" NOT NULL,
    "note" TEXT,
    "order_id" TEXT,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "stock_movement_pkey" PRIMARY KEY ("position")
);

-- CreateTable
CREATE TABLE "order" (
    "id" TEXT NOT NULL,
    "buyer_id" TEXT NOT NULL,
    "merchant_id" TEXT NOT NULL,
    "currency" "currency" NOT NULL,
    "total_minor" BIGINT NOT NULL,
    "units" INTEGER NOT NULL,
    "status" "order_status" NOT NULL,
    "placed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "order_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "order_line" (
    "order_id" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "listing_id" TEXT NOT NULL,
    "merchant_id" TEXT NOT NULL,
    "currency" "currency" NOT NULL,
    "title" TEXT NOT NULL,
    "unit_price_minor" BIGINT NOT NULL,
    "quantity" INTEGER NOT NULL,
    "line_total_minor" BIGINT NOT NULL,

    CONSTRAINT "order_line_pkey" PRIMARY KEY ("order_id","position")
);

-- CreateTable
CREATE TABLE "merchant_sales" (
    "merchant_id" TEXT NOT NULL,
    "units" INTEGER NOT NULL,
    "orders" INTEGER NOT NULL,

    CONSTRAINT "merchant_sales_pkey" PRIMARY KEY ("merchant_id")
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
CREATE INDEX "listing_merchant_id_created_at_id_idx" ON "listing"("merchant_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "listing_merchant_id_status_created_at_id_idx" ON "listing"("merchant_id", "status", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "listing_status_created_at_id_idx" ON "listing"("status", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "listing_status_category_created_at_id_idx" ON "listing"("status", "category", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "listing_id_merchant_id_currency_key" ON "listing"("id", "merchant_id", "currency");

-- CreateIndex
CREATE INDEX "stock_movement_listing_id_position_idx" ON "stock_movement"("listing_id", "position" DESC);

-- CreateIndex
CREATE INDEX "stock_movement_order_id_idx" ON "stock_movement"("order_id");

-- CreateIndex
CREATE INDEX "order_buyer_id_placed_at_id_idx" ON "order"("buyer_id", "placed_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "order_merchant_id_placed_at_id_idx" ON "order"("merchant_id", "placed_at" DESC, "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "order_id_merchant_id_currency_key" ON "order"("id", "merchant_id", "currency");

-- CreateIndex
CREATE INDEX "order_line_listing_id_idx" ON "order_line"("listing_id");

-- CreateIndex
CREATE UNIQUE INDEX "order_line_order_id_listing_id_key" ON "order_line"("order_id", "listing_id");

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
ALTER TABLE "stock" ADD CONSTRAINT "stock_listing_id_fkey" FOREIGN KEY ("listing_id") REFERENCES "listing"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "stock_movement" ADD CONSTRAINT "stock_movement_listing_id_fkey" FOREIGN KEY ("listing_id") REFERENCES "stock"("listing_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "stock_movement" ADD CONSTRAINT "stock_movement_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "order"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order_line" ADD CONSTRAINT "order_line_order_id_merchant_id_currency_fkey" FOREIGN KEY ("order_id", "merchant_id", "currency") REFERENCES "order"("id", "merchant_id", "currency") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order_line" ADD CONSTRAINT "order_line_listing_id_merchant_id_currency_fkey" FOREIGN KEY ("listing_id", "merchant_id", "currency") REFERENCES "listing"("id", "merchant_id", "currency") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What Prisma cannot express.

-- Prices above zero and below a bound that keeps 100 lines of 10^6 units within 64 bits.
ALTER TABLE "listing"
    ADD CONSTRAINT "listing_price_in_bounds" CHECK ("price_minor" BETWEEN 1 AND 1000000000000),
    ADD CONSTRAINT "listing_text_in_bounds" CHECK (length("title") BETWEEN 1 AND 140 AND length("description") <= 5000);

-- Goods that are promised are there, whatever the service believes.
ALTER TABLE "stock"
    ADD CONSTRAINT "stock_reserved_not_negative" CHECK ("reserved" >= 0),
    ADD CONSTRAINT "stock_reserved_is_on_hand" CHECK ("reserved" <= "on_hand"),
    ADD CONSTRAINT "stock_on_hand_in_bounds" CHECK ("on_hand" <= 1000000000);

-- A movement says in which direction, and an order is named exactly where one took the goods.
ALTER TABLE "stock_movement"
    ADD CONSTRAINT "stock_movement_of_something" CHECK ("delta" <> 0),
    ADD CONSTRAINT "stock_movement_leaves_enough" CHECK ("on_hand_after" >= 0),
    ADD CONSTRAINT "stock_movement_sign_fits_reason" CHECK (
        CASE
            WHEN "reason" IN ('OPENING', 'RECEIVED', 'RETURNED') THEN "delta" > 0
            WHEN "reason" IN ('DAMAGED', 'LOST', 'SOLD') THEN "delta" < 0
            ELSE true
        END
    ),
    ADD CONSTRAINT "stock_movement_sold_with_order" CHECK (("reason" = 'SOLD') = ("order_id" IS NOT NULL));

ALTER TABLE "order"
    ADD CONSTRAINT "order_not_with_oneself" CHECK ("buyer_id" <> "merchant_id");

ALTER TABLE "order_line"
    ADD CONSTRAINT "order_line_position_in_bounds" CHECK ("position" BETWEEN 1 AND 100),
    ADD CONSTRAINT "order_line_price_in_bounds" CHECK ("unit_price_minor" BETWEEN 1 AND 1000000000000),
    ADD CONSTRAINT "order_line_quantity_in_bounds" CHECK ("quantity" BETWEEN 1 AND 1000000),
    ADD CONSTRAINT "order_line_total_is_product" CHECK ("line_total_minor" = "unit_price_minor" * "quantity");

ALTER TABLE "merchant_sales"
    ADD CONSTRAINT "merchant_sales_not_negative" CHECK ("units" >= 0 AND "orders" >= 0);

-- What happened stays as it was written: movements and lines never change, orders only in status,
-- listings never change hands or currency.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Rows of % are never changed like this.', TG_TABLE_NAME;
END
$$;

CREATE TRIGGER stock_movement_append_only BEFORE UPDATE OR DELETE ON "stock_movement"
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER order_line_append_only BEFORE UPDATE OR DELETE ON "order_line"
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER order_kept BEFORE DELETE ON "order"
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER order_fixed_but_for_status BEFORE UPDATE ON "order"
    FOR EACH ROW
    WHEN ((OLD.id, OLD.buyer_id, OLD.merchant_id, OLD.currency, OLD.total_minor, OLD.units, OLD.placed_at)
        IS DISTINCT FROM (NEW.id, NEW.buyer_id, NEW.merchant_id, NEW.currency, NEW.total_minor, NEW.units, NEW.placed_at))
    EXECUTE FUNCTION refuse_change();

CREATE TRIGGER listing_stays_with_its_merchant BEFORE UPDATE ON "listing"
    FOR EACH ROW
    WHEN ((OLD.id, OLD.merchant_id, OLD.currency) IS DISTINCT FROM (NEW.id, NEW.merchant_id, NEW.currency))
    EXECUTE FUNCTION refuse_change();

-- An order and its lines agree when the transaction commits: at least one line, total and units
-- are their sums. Deferred, because neither can be written before the other.
CREATE FUNCTION assert_order_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM order_line WHERE order_id = NEW.id
    HAVING sum(line_total_minor) = NEW.total_minor AND sum(quantity) = NEW.units;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Order % is not the sum of its lines.', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER order_adds_up AFTER INSERT ON "order"
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION assert_order_adds_up();

-- The same from the side of a line, for one that comes after its order was committed.
CREATE FUNCTION assert_order_of_line_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM order_line WHERE order_id = NEW.order_id
    HAVING (sum(line_total_minor), sum(quantity)) =
        (SELECT total_minor, units FROM "order" WHERE id = NEW.order_id);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Order % is not the sum of its lines.', NEW.order_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER order_line_adds_up AFTER INSERT ON "order_line"
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION assert_order_of_line_adds_up();

-- Paid and fulfilled orders count as sold. In the statement that writes the orders, once per
-- merchant, so that a bulk load costs one update each; counters are locked in id order.
CREATE FUNCTION counts_as_sold(status order_status) RETURNS boolean
    LANGUAGE sql IMMUTABLE RETURN status IN ('PAID', 'FULFILLED');

CREATE FUNCTION count_inserted_sales() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO merchant_sales AS counted (merchant_id, units, orders)
    SELECT merchant_id, sum(units), count(*) FROM inserted
    WHERE counts_as_sold(status)
    GROUP BY merchant_id ORDER BY merchant_id
    ON CONFLICT (merchant_id) DO UPDATE SET
        units  = counted.units + excluded.units,
        orders = counted.orders + excluded.orders;
    RETURN NULL;
END
$$;

CREATE FUNCTION count_changed_sales() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    change record;
BEGIN
    -- Everything but the status is the same before and after.
    FOR change IN
        SELECT merchant_id,
               sum(CASE WHEN counts_as_sold(after.status) THEN after.units ELSE -after.units END) AS units,
               sum(CASE WHEN counts_as_sold(after.status) THEN 1 ELSE -1 END) AS orders
        FROM before JOIN after USING (id, merchant_id)
        WHERE counts_as_sold(before.status) <> counts_as_sold(after.status)
        GROUP BY merchant_id ORDER BY merchant_id
    LOOP
        -- The row may be missing, and an INSERT of negative numbers would not pass its check.
        INSERT INTO merchant_sales (merchant_id, units, orders) VALUES (change.merchant_id, 0, 0)
        ON CONFLICT (merchant_id) DO NOTHING;
        UPDATE merchant_sales SET units = units + change.units, orders = orders + change.orders
        WHERE merchant_id = change.merchant_id;
    END LOOP;
    RETURN NULL;
END
$$;

CREATE TRIGGER order_sales_inserted AFTER INSERT ON "order"
    REFERENCING NEW TABLE AS inserted
    FOR EACH STATEMENT EXECUTE FUNCTION count_inserted_sales();

CREATE TRIGGER order_sales_changed AFTER UPDATE ON "order"
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION count_changed_sales();
