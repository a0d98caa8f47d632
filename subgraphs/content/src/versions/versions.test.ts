import type { UserViewer } from '@civitas/platform/subgraph';
import { expect, test } from 'vitest';
import { useContent } from '../testing/use-content.ts';

const content = useContent();

const STEPS = {
  saveSubjectVersion: 'version { id number name topicCount publishedAt }',
  publishSubjectVersion: 'version { id publishedAt }',
  forkSubjectVersion:
    'subject { id title visibility topicCount forkedFrom { title author { id } subject { id } } topics { title depth markdown heading } }',
  updateTopic: 'topic { id }',
  importSubject: 'subject { id }',
};
const VERSION = /* GraphQL */ `
  query ($id: ID!) {
    subjectVersion(id: $id) {
      name subject { id } author { id } topics { title depth markdown }
    }
  }
`;
const LIST = /* GraphQL */ `
  query ($id: ID!) { subject(id: $id) { versions { edges { node { number name } } } } }
`;

async function run(viewer: UserViewer, name: keyof typeof STEPS, input: Record<string, unknown>) {
  const type = name.charAt(0).toUpperCase() + name.slice(1);
  const document = `mutation ($input: ${type}Input!) { ${name}(input: $input) {
    ... on ${type}Success { ${STEPS[name]} } ... on UserError { code path } } }`;
  const answer = await content.as(viewer).execute(document, { input });
  if (answer.errors) return { code: answer.errors[0]?.extensions?.['code'] };
  return answer.data[name];
}

const MARKDOWN =
  '# Bees\n\nAbout bees.\n\n## [Wild](https://x.example)\n\nwild\n\n### Solitary\n\nalone\n\n## Honey\n\nsweet\n';

async function imported(visibility: string) {
  const author = content.somebody();
  const { subject } = await run(author, 'importSubject', { markdown: MARKDOWN, visibility });
  const { topics } = (
    await content.as(author).run('query ($id: ID!) { subject(id: $id) { topics { id } } }', subject)
  ).subject;
  return { author, subjectId: subject.id, topicIds: topics.map(({ id }: { id: string }) => id) };
}

test('a version keeps the whole subject; once published everybody reads it, the draft stays private', async () => {
  const { author, subjectId, topicIds } = await imported('PRIVATE');
  const { version } = await run(author, 'saveSubjectVersion', { subjectId, name: 'First' });
  expect(version).toMatchObject({ number: 1, name: 'First', topicCount: 3, publishedAt: null });
  await run(author, 'updateTopic', { topicId: topicIds[0], markdown: 'draft' });
  const read = async (viewer?: UserViewer) =>
    (await content.as(viewer).run(VERSION, { id: version.id })).subjectVersion;
  expect(await read()).toBeNull();
  expect(await read(author)).toMatchObject({ subject: { id: subjectId } });
  const { id: versionId } = version;
  const stranger = content.somebody();
  expect(await run(stranger, 'publishSubjectVersion', { versionId })).toMatchObject({
    code: 'SUBJECT_VERSION_NOT_FOUND',
  });
  const [one, two] = await Promise.all(
    [1, 2].map(() => run(author, 'publishSubjectVersion', { versionId })),
  );
  expect(one.version.publishedAt).toBe(two.version.publishedAt);
  expect(await read()).toEqual({
    name: 'First',
    subject: null,
    author: { id: author.id },
    topics: [
      { title: 'Wild', depth: 1, markdown: '\nwild\n\n' },
      { title: 'Solitary', depth: 2, markdown: '\nalone\n\n' },
      { title: 'Honey', depth: 1, markdown: '\nsweet\n' },
    ],
  });
  expect(
    (await content.as().run('query ($id: ID!) { subject(id: $id) { id } }', { id: subjectId }))
      .subject,
  ).toBeNull();
  await run(author, 'publishSubjectVersion', { versionId, published: false });
  expect(await read()).toBeNull();
});

test('those without a role see the published versions of a public subject only', async () => {
  const { author, subjectId } = await imported('PUBLIC');
  const saved = await Promise.all(
    ['A', 'B', 'C'].map((name) => run(author, 'saveSubjectVersion', { subjectId, name })),
  );
  expect(saved.map(({ version }) => version.number).toSorted()).toEqual([1, 2, 3]);
  const second = saved.find(({ version }) => version.number === 2).version;
  await run(author, 'publishSubjectVersion', { versionId: second.id });
  const list = async (viewer?: UserViewer) =>
    (await content.as(viewer).run(LIST, { id: subjectId })).subject.versions.edges.map(
      ({ node }: { node: { number: number } }) => node.number,
    );
  expect(await list(author)).toEqual([3, 2, 1]);
  expect(await list(content.somebody())).toEqual([2]);
  expect(await run(content.somebody(), 'saveSubjectVersion', { subjectId, name: 'X' })).toEqual({
    code: 'FORBIDDEN',
  });
});

test('a fork is a private subject of one’s own with all texts and the name of its origin', async () => {
  const { author, subjectId } = await imported('PRIVATE');
  const { version } = await run(author, 'saveSubjectVersion', { subjectId, name: 'First' });
  const reader = content.somebody();
  const versionId = version.id;
  expect(await run(reader, 'forkSubjectVersion', { versionId })).toMatchObject({
    code: 'SUBJECT_VERSION_NOT_FOUND',
  });
  await run(author, 'publishSubjectVersion', { versionId });
  const { subject } = await run(reader, 'forkSubjectVersion', { versionId });
  expect(subject).toMatchObject({
    title: 'Bees',
    visibility: 'PRIVATE',
    topicCount: 3,
    forkedFrom: { title: 'Bees', author: { id: author.id }, subject: null },
    topics: [
      { title: 'Wild', depth: 1, markdown: '\nwild\n\n', heading: '## [Wild](https://x.example)' },
      { title: 'Solitary', depth: 2, markdown: '\nalone\n\n' },
      { title: 'Honey', depth: 1, markdown: '\nsweet\n' },
    ],
  });
});
