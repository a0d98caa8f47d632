-- DropIndex
DROP INDEX "acquaintance_civilian_id_last_met_at_officer_id_idx";

-- What Prisma cannot express.

-- A page of the officers a civilian has met is read from this index alone: the rows of one civilian lie
-- all over the table, one page of it per officer. At ten million acquaintances a hundred civilians took
-- 1,626 pages without it.
CREATE INDEX raw_acquaintance_page ON acquaintance
  (civilian_id, last_met_at DESC, officer_id DESC) INCLUDE (met_count, first_met_at);
