/** What holds in the whole database, each with a query of the rows of which it does not. */
export const audits = {
  'a subject counts its topics and their bytes': `
    SELECT id FROM subject LEFT JOIN (
      SELECT subject_id, count(*) AS topics, sum(octet_length(markdown)) AS bytes
      FROM topic GROUP BY subject_id
    ) AS tree ON subject_id = id
    WHERE (topic_count, markdown_bytes) <> (coalesce(topics, 0), coalesce(bytes, 0))`,
  'a subject counts who likes it': `
    SELECT id FROM subject LEFT JOIN (
      SELECT subject_id, count(*) AS likes FROM subject_like GROUP BY subject_id
    ) AS liked ON subject_id = id
    WHERE like_count <> coalesce(likes, 0)`,
  'a subject counts who saves it': `
    SELECT id FROM subject LEFT JOIN (
      SELECT subject_id, count(*) AS saves FROM subject_save GROUP BY subject_id
    ) AS saved ON subject_id = id
    WHERE save_count <> coalesce(saves, 0)`,
  'a topic is one level below its parent': `
    SELECT child.id FROM topic AS child JOIN topic AS parent ON parent.id = child.parent_id
    WHERE child.depth <> parent.depth + 1`,
  'every text can be found': `
    (SELECT id FROM subject UNION ALL SELECT id FROM topic) EXCEPT ALL SELECT id FROM search_document`,
};
