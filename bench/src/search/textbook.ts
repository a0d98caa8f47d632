import pg from 'pg';

/**
 * The search of Postgres' own documentation, over the same table and index: `websearch_to_tsquery`, every
 * match ranked by `ts_rank`, snippets of the page by `ts_headline`. It knows whole words only.
 * See https://www.postgresql.org/docs/18/textsearch-controls.html.
 */
export async function openTextbookSearch(databaseUrl: string, author: string) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  return {
    /** How many of a page of 20 are found. */
    ask: async ({
      query,
      scope,
    }: {
      readonly query: string;
      readonly scope: 'PUBLIC' | 'MINE';
    }) => {
      const who = scope === 'MINE' ? 'subject.author_id = $2' : `visibility = 'PUBLIC' OR $2 = ''`;
      const { rows } = await client.query({
        name: scope,
        text: `
          WITH page AS (
            SELECT document.id, document.subject_id, document.topic_id, ts_rank(vector, asked) AS score
            FROM websearch_to_tsquery('content_search', $1) AS asked
            JOIN search_document AS document ON vector @@ asked
            JOIN subject ON subject.id = document.subject_id
            LEFT JOIN topic ON topic.id = document.topic_id
            WHERE (${who}) AND topic.archived_at IS NULL
            ORDER BY score DESC, id DESC LIMIT 20
          )
          SELECT page.id, ts_headline('content_search', coalesce(markdown, description, ''),
                                      websearch_to_tsquery('content_search', $1))
          FROM page JOIN subject ON subject.id = page.subject_id
          LEFT JOIN topic ON topic.id = page.topic_id
          ORDER BY score DESC, page.id DESC`,
        values: [query, scope === 'MINE' ? author : '-'],
      });
      return rows.length;
    },
    close: () => client.end(),
  };
}
