import { createHash } from 'node:crypto';
import type { UserViewer } from '@civitas/platform/subgraph';
import { expect, test } from 'vitest';
import { selectEverything } from '../testing/select-everything.ts';
import { useContent } from '../testing/use-content.ts';
import { maskSolutions } from './index.ts';

const content = useContent();

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
const SECRETS = ['Zymurgine', 'Quokkaberry', 'Vexillumoid'];
const QUIZ = `What?

- [ ] Salt
- [x] Alcohol

> Because of the Vexillumoid.`;
const MARKDOWN = `# Yeast

\`\`\`quiz
${QUIZ}
\`\`\`

> ~~~quiz
> Which?
> = Zymurgine
> ~~~

1. \`\`\`\`quiz
   Where?
   = Quokkaberry
   \`\`\`\`
`;
const TICKED = /\[x\]|type="checkbox"[^>]* checked|checked=""/;

const run = (viewer: UserViewer | undefined, query: string, variables: Record<string, unknown>) =>
  content.as(viewer).execute(query, variables);
const select = (type: string, levels: number) =>
  selectEverything(content.subgraph.schema, type, { levels, given: { first: '5' } });

/** All that a person gets of a subject, by every field from every door. */
async function everythingOf(
  viewer: UserViewer | undefined,
  ids: Record<'subjectId' | 'topicId' | 'revisionId' | 'versionId', string>,
): Promise<string> {
  const answers = [
    await run(viewer, `query ($id: ID!) { subject(id: $id) ${select('Subject', 3)} }`, {
      id: ids.subjectId,
    }),
    await run(viewer, `query ($id: ID!) { topic(id: $id) ${select('Topic', 4)} }`, {
      id: ids.topicId,
    }),
    await run(viewer, `query ($id: ID!) { topicRevision(id: $id) ${select('TopicRevision', 2)} }`, {
      id: ids.revisionId,
    }),
    await run(
      viewer,
      `query ($id: ID!) { subjectVersion(id: $id) ${select('SubjectVersion', 2)} }`,
      {
        id: ids.versionId,
      },
    ),
    await run(
      viewer,
      `query ($id: ID!) { _entities(representations: [{ __typename: "Topic", id: $id }]) {
        ... on Topic ${select('Topic', 1)} } }`,
      { id: ids.topicId },
    ),
  ];
  for (const word of ['Alcohol', 'Salt', 'What', ...SECRETS]) {
    answers.push(
      await run(
        viewer,
        `query ($word: String!, $subjectId: ID!) {
          search(query: $word, scope: PUBLIC, subjectId: $subjectId, first: 5) { edges { node {
            title { text } snippet { text } } } }
        }`,
        { word, subjectId: ids.subjectId },
      ),
    );
  }
  // Fields that need more than a reader may are errors beside the others.
  for (const { data } of answers) expect(data).toBeTruthy();
  return JSON.stringify(answers, (key, value: unknown) =>
    key === 'base64' || key === 'bytes'
      ? Buffer.from(String(value), 'base64').toString('latin1')
      : value,
  );
}

async function scene() {
  const author = content.somebody();
  const subjectId = await content.subject(author, { visibility: 'PUBLIC' });
  const { id: topicId } = await content.topic(author, subjectId, 'Yeast');
  const { updateTopic } = await content
    .as(author)
    .run(`mutation ($input: UpdateTopicInput!) { updateTopic(input: $input) { __typename } }`, {
      input: { topicId, markdown: MARKDOWN },
    });
  expect(updateTopic.__typename).toBe('UpdateTopicSuccess');
  const { addTopicComment } = await content
    .as(author)
    .run(
      `mutation ($input: AddTopicCommentInput!) { addTopicComment(input: $input) { __typename } }`,
      { input: { topicId, from: 0, quote: 'Zymurgine', body: 'Is this right?' } },
    );
  expect(addTopicComment.__typename).toBe('AddTopicCommentSuccess');
  const { saveSubjectVersion } = await content.as(author).run(
    `mutation ($input: SaveSubjectVersionInput!) {
      saveSubjectVersion(input: $input) { ... on SaveSubjectVersionSuccess { version { id } } }
    }`,
    { input: { subjectId, name: 'One' } },
  );
  const versionId = saveSubjectVersion.version.id as string;
  await content
    .as(author)
    .run(
      `mutation ($input: PublishSubjectVersionInput!) { publishSubjectVersion(input: $input) { __typename } }`,
      { input: { versionId, published: true } },
    );
  const { topic } = await content
    .as(author)
    .run(`query ($id: ID!) { topic(id: $id) { revisions(first: 1) { edges { node { id } } } } }`, {
      id: topicId,
    });
  const revisionId = topic.revisions.edges[0].node.id as string;
  return { author, subjectId, topicId, versionId, revisionId };
}

test('no field of the schema tells a reader the solution of a question; editors see them all', async () => {
  const { author, ...ids } = await scene();
  for (const reader of [undefined, content.somebody()]) {
    const seen = await everythingOf(reader, ids);
    expect(seen).toContain('Alcohol');
    for (const secret of SECRETS) expect(seen).not.toContain(secret);
    expect(seen).not.toMatch(TICKED);
    expect(seen).not.toContain(hashOf(MARKDOWN));
  }
  const own = await everythingOf(author, ids);
  for (const secret of SECRETS) expect(own).toContain(secret);
  expect(own).toContain('[x] Alcohol');
  expect(own).toContain(hashOf(MARKDOWN));
});

test('neither a fork nor a copy makes an editor of somebody who may not see the solutions', async () => {
  const { topicId, versionId } = await scene();
  const reader = content.somebody();
  const { forkSubjectVersion } = await content.as(reader).run(
    `mutation ($input: ForkSubjectVersionInput!) {
      forkSubjectVersion(input: $input) {
        ... on ForkSubjectVersionSuccess { subject { topics { markdown } } }
      }
    }`,
    { input: { versionId } },
  );
  const ownId = await content.subject(reader);
  const { copyTopic } = await content.as(reader).run(
    `mutation ($input: CopyTopicInput!) {
      copyTopic(input: $input) { ... on CopyTopicSuccess { topic { markdown } } }
    }`,
    { input: { topicId, subjectId: ownId } },
  );
  for (const markdown of [
    forkSubjectVersion.subject.topics[0].markdown,
    copyTopic.topic.markdown,
  ]) {
    expect(markdown).toContain('- [ ] Alcohol');
    for (const secret of SECRETS) expect(markdown).not.toContain(secret);
  }
});

test('a masked text has every character where it was', () => {
  const masked = maskSolutions(MARKDOWN);
  expect(masked).toHaveLength(MARKDOWN.length);
  expect(masked.indexOf('- [ ] Alcohol')).toBe(MARKDOWN.indexOf('- [x] Alcohol'));
  for (const secret of SECRETS) expect(masked).not.toContain(secret);
});
