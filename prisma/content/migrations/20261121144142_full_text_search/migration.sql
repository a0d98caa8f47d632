-- Trigrams find the word that was meant; unaccent makes é the same as e. Both are trusted extensions
-- since Postgres 13, so the owner of the database may create them.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;

-- Words of any language: lower case, without accents, nothing stemmed and no word too common.
CREATE TEXT SEARCH CONFIGURATION content_search (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION content_search
  ALTER MAPPING FOR word, asciiword, hword, hword_part, hword_asciipart, asciihword
  WITH unaccent, simple;

-- CreateTable
CREATE TABLE "search_document" (
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "topic_id" TEXT,
    "vector" tsvector NOT NULL,

    CONSTRAINT "search_document_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "search_pending" (
    "document_id" TEXT NOT NULL,

    CONSTRAINT "search_pending_pkey" PRIMARY KEY ("document_id")
);

-- CreateTable
CREATE TABLE "search_word" (
    "word" TEXT NOT NULL,

    CONSTRAINT "search_word_pkey" PRIMARY KEY ("word")
);

-- CreateIndex
CREATE UNIQUE INDEX "search_document_topic_id_key" ON "search_document"("topic_id");

-- CreateIndex
CREATE INDEX "search_document_subject_id_idx" ON "search_document"("subject_id");

-- CreateIndex
CREATE INDEX "search_document_vector_idx" ON "search_document" USING GIN ("vector");

-- CreateIndex
CREATE INDEX "search_word_trgm_idx" ON "search_word" USING GIN ("word" gin_trgm_ops);

-- AddForeignKey
ALTER TABLE "search_document" ADD CONSTRAINT "search_document_subject_id_fkey" FOREIGN KEY ("subject_id") REFERENCES "subject"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "search_document" ADD CONSTRAINT "search_document_topic_id_fkey" FOREIGN KEY ("topic_id") REFERENCES "topic"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma cannot express.

ALTER TABLE search_document
  ADD CONSTRAINT search_document_of CHECK (id = coalesce(topic_id, subject_id));

-- A tsvector holds 1 MB at most, and a longer one is an error: an author must never be unable to
-- save because of search. Postgres's parser takes what looks like a tag for no text, and all that a
-- script tag holds with it; to us that is text like any other.
CREATE FUNCTION search_vector(title text, body text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT setweight(to_tsvector('content_search', translate(title, '<', ' ')), 'A')
      || setweight(to_tsvector('content_search', translate(left(body, 100000), '<', ' ')), 'B')
$$;

CREATE FUNCTION keep_search_document() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_TABLE_NAME = 'subject' THEN
    INSERT INTO search_document (id, subject_id, vector)
    VALUES (NEW.id, NEW.id, search_vector(NEW.title, NEW.description))
    ON CONFLICT (id) DO UPDATE SET vector = excluded.vector;
  ELSE
    INSERT INTO search_document (id, subject_id, topic_id, vector)
    VALUES (NEW.id, NEW.subject_id, NEW.id, search_vector(NEW.title, NEW.markdown))
    ON CONFLICT (id) DO UPDATE SET subject_id = excluded.subject_id, vector = excluded.vector;
  END IF;
  INSERT INTO search_pending (document_id) VALUES (NEW.id) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;

CREATE TRIGGER subject_search_added AFTER INSERT ON subject
  FOR EACH ROW EXECUTE FUNCTION keep_search_document();
CREATE TRIGGER topic_search_added AFTER INSERT ON topic
  FOR EACH ROW EXECUTE FUNCTION keep_search_document();
-- Likes and moves change these rows, too; only words matter here.
CREATE TRIGGER subject_search_changed AFTER UPDATE OF title, description ON subject
  FOR EACH ROW WHEN (OLD.title <> NEW.title OR OLD.description <> NEW.description)
  EXECUTE FUNCTION keep_search_document();
CREATE TRIGGER topic_search_changed AFTER UPDATE OF title, markdown, subject_id ON topic
  FOR EACH ROW WHEN (
    OLD.title <> NEW.title OR OLD.markdown <> NEW.markdown OR OLD.subject_id <> NEW.subject_id
  )
  EXECUTE FUNCTION keep_search_document();

-- What was there before.
INSERT INTO search_document (id, subject_id, vector)
SELECT id, id, search_vector(title, description) FROM subject;
INSERT INTO search_document (id, subject_id, topic_id, vector)
SELECT id, subject_id, id, search_vector(title, markdown) FROM topic;
INSERT INTO search_word (word)
SELECT DISTINCT lexeme FROM search_document, unnest(vector) WHERE lexeme ~ '^[[:alpha:]]{4,30}$';
