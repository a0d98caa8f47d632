import { newId } from '@civitas/platform/ids';
import type { UserViewer } from '@civitas/platform/subgraph';
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
  const subjects = await sql(
    'content',
    `SELECT DISTINCT ON (visibility) subject.id, author_id, topic.id AS topic,
       left(markdown, 1) AS quote
     FROM subject JOIN topic ON topic.subject_id = subject.id
     WHERE markdown ~ '^[A-Za-z]' ORDER BY visibility, subject.id`,
  );
  for (const { id: subject, author_id: id, topic, quote } of subjects) {
    const run = (query: string) => runOrThrow(content, userViewer({ id }), query);
    await run(
      `createSubjectShareLink(input: { subjectId: "${subject}", role: VIEWER }) { __typename }`,
    );
    await run(`saveTopicRevision(input: { topicId: "${topic}", name: "One" }) { __typename }`);
    await run(`saveSubjectVersion(input: { subjectId: "${subject}", name: "One" }) { __typename }`);
    await run(
      `addTopicComment(input: { topicId: "${topic}", from: 0, quote: "${quote}", body: "Hm." }) { __typename }`,
    );
  }
}

async function runOrThrow(
  content: OpenSubgraphs['subgraphs']['content'],
  viewer: UserViewer,
  mutation: string,
): Promise<void> {
  const { result } = await createTestClient(content, viewer).run(
    `mutation { result: ${mutation} }`,
  );
  if (!String(result.__typename).endsWith('Success'))
    throw new Error(`${mutation}: ${result.__typename}`);
}
