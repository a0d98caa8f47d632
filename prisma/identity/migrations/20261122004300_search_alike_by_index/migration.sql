-- What Prisma cannot express.

-- People with a word that is nearly one of these, always by the trigram indexes. How many are alike is
-- estimated badly: for a name of which there seemed to be plenty the planner read the table until it had
-- enough, which took nine seconds at a million people; the indexes take a quarter of one.
CREATE FUNCTION people_alike(words text, of_kind user_kind, at_most integer)
  RETURNS TABLE (id text, handle text, display_name text)
  LANGUAGE sql STABLE PARALLEL SAFE
  SET enable_seqscan = off
  SET enable_indexscan = off
AS $$
  SELECT id, handle, display_name FROM "user"
  WHERE (display_name %> words OR handle %> words)
    AND search_visibility = 'PUBLIC' AND (of_kind IS NULL OR kind = of_kind)
  LIMIT at_most
$$;
