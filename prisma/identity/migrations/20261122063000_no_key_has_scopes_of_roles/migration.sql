-- Scopes of platform roles come with a role and go with it. A key that was made with one would keep it,
-- whoever made it.
UPDATE "api_key" SET scopes = array(
  SELECT scope FROM unnest(scopes) WITH ORDINALITY AS given (scope, position)
  WHERE scope NOT LIKE 'platform:%' ORDER BY position);

ALTER TABLE "api_key" ADD CONSTRAINT "api_key_has_no_scope_of_roles"
  CHECK (NOT scopes && ARRAY['platform:administer', 'platform:moderate', 'platform:support']);
