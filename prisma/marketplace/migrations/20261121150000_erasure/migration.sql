-- A movement of stock stays as it is, but for the words of a merchant who is erased: a note can be
-- taken away, never changed.
DROP TRIGGER stock_movement_append_only ON "stock_movement";

CREATE TRIGGER stock_movement_not_deleted BEFORE DELETE ON "stock_movement"
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER stock_movement_append_only BEFORE UPDATE ON "stock_movement"
    FOR EACH ROW
    WHEN (NEW.note IS NOT NULL OR
        (OLD.position, OLD.listing_id, OLD.delta, OLD.on_hand_after, OLD.reason, OLD.order_id, OLD.occurred_at)
        IS DISTINCT FROM
        (NEW.position, NEW.listing_id, NEW.delta, NEW.on_hand_after, NEW.reason, NEW.order_id, NEW.occurred_at))
    EXECUTE FUNCTION refuse_change();
