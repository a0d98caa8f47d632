import { LEARN_WORDS } from '@civitas/content';
import { newId } from '@civitas/platform/ids';
import pg from 'pg';

const TOPICS_PER_SUBJECT = 50;
const AUTHORS = 200;
const WORDS = 20_000;
const WORDS_PER_TOPIC = 80;
const SYLLABLES = 'ba ce di fo gu ka le mi no pu ra se ti vo wu za che shi tro plu'.split(' ');

/** The n-th of so many made-up words, all of different letters. */
function word(n: number): string {
  let rest = n;
  let made = '';
  for (let each = 0; each < 4; each += 1) {
    made += SYLLABLES[rest % SYLLABLES.length];
    rest = Math.floor(rest / SYLLABLES.length);
  }
  return made;
}

/** The same for every run (Park and Miller). */
function seededRandom(): () => number {
  let state = 20_260;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/**
 * Fills an empty database: words are as often as Zipf has it, so that the first are in every second text,
 * and the last in a few. One of ten subjects is private.
 *
 * @returns an author, and words to search for.
 */
export async function loadLibrary(url: string, topics: number) {
  const random = seededRandom();
  const someWord = () => word(Math.floor(WORDS ** random()) - 1);
  const text = (length: number) => Array.from({ length }, someWord).join(' ');
  const authors = Array.from({ length: AUTHORS }, () => newId('usr'));
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('SET statement_timeout = 0; SET synchronous_commit = off');
    for (let subject = 0; subject * TOPICS_PER_SUBJECT < topics; subject += 1) {
      const id = newId('sub');
      const rows = Array.from({ length: TOPICS_PER_SUBJECT }, (_, index) => ({
        ...{ id: newId('top'), title: text(4), markdown: text(WORDS_PER_TOPIC) },
        position: `a${String(index).padStart(4, '0')}x`,
      }));
      await client.query('BEGIN');
      await client.query(
        `INSERT INTO subject (id, author_id, title, description, heading, visibility, topic_count, markdown_bytes,
           created_at, updated_at)
         VALUES ($1, $2, $3, $4, '', $5::subject_visibility, $6, $7, now(), now())`,
        [
          ...[id, authors[subject % AUTHORS], text(4), text(30)],
          ...[subject % 10 === 9 ? 'PRIVATE' : 'PUBLIC', rows.length],
          rows.reduce((sum, { markdown }) => sum + markdown.length, 0),
        ],
      );
      await client.query(
        `INSERT INTO topic (id, subject_id, parent_id, depth, position, title, markdown, created_at, updated_at)
         SELECT id, $1, NULL, 1, position, title, markdown, now(), now()
         FROM jsonb_to_recordset($2::jsonb) AS t (id text, position text, title text, markdown text)`,
        [id, JSON.stringify(rows)],
      );
      await client.query('COMMIT');
    }
    await client.query(LEARN_WORDS, [2 ** 31 - 1]);
    await client.query('VACUUM ANALYZE');
  } finally {
    await client.end();
  }
  const from = (first: number, count = 20) =>
    Array.from({ length: count }, (_, n) => word(first + n));
  return {
    ...{ topics, author: authors[0] ?? '' },
    words: {
      'a word in every second text': from(0, 3),
      'a common word': from(50),
      'a rare word': from(10_000),
      'two words': from(200).map((each, n) => `${each} ${word(300 + n)}`),
      'a beginning of four letters': from(4_000).map((each) => each.slice(0, 4)),
      'a typing error': from(2_000).map((each) => `${each.slice(0, 3)}x${each.slice(4)}`),
    },
  };
}
