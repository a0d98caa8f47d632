import { newId } from '@civitas/platform/ids';
import { createTestClient, userViewer } from '@civitas/testkit';
import type { TestDatabases } from '../set-up/open-databases.ts';
import type { OpenSubgraphs } from '../set-up/open-subgraphs.ts';

/**
 * Objects of kinds that the demo town has none of, each somebody's own: sessions, passkeys, linked
 * providers, requests for data, share links, revisions, versions and certificates.
 */
export async function addWhatTheTownLacks(
  { sql }: TestDatabases,
  { content }: OpenSubgraphs['subgraphs'],
): Promise<void> {
  const [{ id: userId }] = await sql(
    'identity',
    `SELECT id FROM "user" WHERE kind = 'CIVILIAN' LIMIT 1`,
  );
  const insert = (table: string, columns: string, values: string, id: string) =>
    sql('identity', `INSERT INTO ${table} (id, user_id, ${columns}) VALUES ($1, $2, ${values})`, [
      id,
      userId,
    ]);
  await insert(
    'session',
    'created_at, rotated_at, expires_at, proved_at, proved_by',
    `now(), now(), now() + interval '9 days', now(), 'PASSWORD'`,
    newId('ses'),
  );
  await insert(
    'passkey',
    'credential_id, public_key, counter, name, created_at',
    `sha256('c'), sha256('k'), 0, 'Phone', now()`,
    newId('psk'),
  );
  await insert(
    'external_identity',
    'issuer, subject, provider, created_at',
    `'https://id.example', 'they', 'example', now()`,
    newId('ext'),
  );
  await insert(
    'data_request',
    'kind, stage, due_at, requested_at, ended_at',
    `'EXPORT', 'EXPIRED', now(), now(), now()`,
    newId('dpr'),
  );
  await sql(
    'content',
    `INSERT INTO certificate (id, subject_id, user_id, author_id, subject_title, topic_count, issued_at)
     SELECT $1, id, $2, author_id, title, 1, now() FROM subject WHERE visibility = 'PUBLIC' LIMIT 1`,
    [newId('crt'), userId],
  );
  const [{ id: topicId, subject_id: topicSubject }] = await sql(
    'content',
    `SELECT topic.id, subject_id FROM topic JOIN subject ON subject.id = subject_id
     WHERE visibility = 'PUBLIC' ORDER BY topic.id LIMIT 1`,
  );
  await sql(
    'content',
    `INSERT INTO topic_attachment
       (id, topic_id, subject_id, name, alt_text, media_type, bytes, sha256, created_at)
     VALUES ($1, $2, $3, 'law.pdf', '', 'application/pdf', 1, repeat('0', 64), now())`,
    [newId('att'), topicId, topicSubject],
  );
  await sql(
    'content',
    `INSERT INTO attachment_upload
       (id, user_id, topic_id, name, object_key, created_at, expires_at)
     VALUES ($1, $2, $3, 'law.pdf', 'incoming/0', now(), now() + interval '9 days')`,
    [newId('upl'), userId, topicId],
  );
  await sql(
    'content',
    `INSERT INTO import_upload (id, user_id, file_name, object_key, created_at, expires_at)
     VALUES ($1, $2, 'bees.zip', 'incoming/1', now(), now() + interval '9 days')`,
    [newId('upl'), userId],
  );
  const subjects = await sql(
    'content',
    'SELECT DISTINCT ON (visibility) id, author_id FROM subject ORDER BY visibility, id',
  );
  for (const { id: subjectId, author_id: id } of subjects) {
    const author = createTestClient(content, userViewer({ id }));
    const run = async (mutation: string, input: string, shape = '__typename') => {
      const { result } = await author.run(`mutation { result: ${mutation}(input: { ${input} }) {
        __typename ... on ${mutation[0]?.toUpperCase()}${mutation.slice(1)}Success { ${shape} } } }`);
      if (!result.__typename.endsWith('Success'))
        throw new Error(`${mutation}: ${result.__typename}`);
      return result;
    };
    const subject = `subjectId: "${subjectId}"`;
    const words = 'title: "Walls", markdown: "Within four walls."';
    const { topic } = await run('addTopic', `${subject}, ${words}`, 'topic { id }');
    const within = `topicId: "${topic.id}"`;
    await run('saveTopicRevision', `${within}, name: "One"`);
    await run('addTopicComment', `${within}, from: 0, quote: "Within", body: "Hm."`);
    await run('createSubjectShareLink', `${subject}, role: VIEWER`);
    await run('saveSubjectVersion', `${subject}, name: "One"`);
  }
}
