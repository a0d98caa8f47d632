-- What readers may find in a text: all of it but the solutions of its questions. Where a text may ask,
-- every line goes that could be an accepted answer or a reason in some fence, wherever the fence may end,
-- and no box is ticked. That is more than `hideSolutions` takes away, and never less.
CREATE FUNCTION readable_text(body text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN body ~ '(?:`{3}|~{3})[ \t]*quiz'
    THEN regexp_replace(
      regexp_replace(body, '^[^[:alnum:]]*[=>].*$', '', 'gn'), '\[[xX]\]', '[ ]', 'g')
    ELSE body
  END
$$;

CREATE OR REPLACE FUNCTION search_vector(title text, body text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT setweight(to_tsvector('content_search', translate(title, '<', ' ')), 'A')
      || setweight(
           to_tsvector('content_search', translate(readable_text(left(body, 100000)), '<', ' ')), 'B')
$$;

-- Words that only a solution has stay in the vocabulary: one finds nothing by them.
UPDATE search_document AS document SET vector = search_vector(topic.title, topic.markdown)
FROM topic
WHERE topic.id = document.topic_id AND topic.markdown ~ '(?:`{3}|~{3})[ \t]*quiz';
