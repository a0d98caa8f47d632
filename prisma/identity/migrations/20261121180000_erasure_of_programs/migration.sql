-- What a client once published goes on working, but for the programs of somebody who was erased: no
-- key is left to call with, and the documents are theirs. Only the row's owner decides, and only once
-- they have been erased; nothing is ever updated.
CREATE FUNCTION refuse_delete_but_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM partner_account JOIN "user" ON "user".id = owner_id
    WHERE partner_account.id = OLD.partner_account_id AND erased_at IS NOT NULL
  ) THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'DELETE of registered_operation is append-only' USING ERRCODE = 'restrict_violation';
END $$;

DROP TRIGGER registered_operation_append_only ON registered_operation;
CREATE TRIGGER registered_operation_append_only
  BEFORE UPDATE OR TRUNCATE ON registered_operation
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER registered_operation_erasable BEFORE DELETE ON registered_operation
  FOR EACH ROW EXECUTE FUNCTION refuse_delete_but_erasure();
