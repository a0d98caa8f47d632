import type { UserViewer } from '@civitas/platform/subgraph';
import { expect, test } from 'vitest';
import { useContent } from '../testing/use-content.ts';

const content = useContent();

const THREAD =
  'id body quote range { from to } resolvedAt resolvedBy { id } editedAt author { id } answers { body }';
const STEPS = {
  addTopicComment: `comment { ${THREAD} }`,
  answerTopicComment: `comment { ${THREAD} }`,
  editTopicComment: `comment { ${THREAD} }`,
  resolveTopicComment: `comment { ${THREAD} }`,
  deleteTopicComment: 'topic { comments { edges { node { id } } } }',
  updateTopic: 'topic { id }',
  inviteToSubject: 'collaborator { role }',
  answerSubjectInvitation: 'subject { id }',
};
const LIST = `query ($id: ID!, $resolved: Boolean) { topic(id: $id) {
  comments(resolved: $resolved) { edges { node { ${THREAD} } } } } }`;

async function run(viewer: UserViewer, name: keyof typeof STEPS, input: Record<string, unknown>) {
  const type = name.charAt(0).toUpperCase() + name.slice(1);
  const document = `mutation ($input: ${type}Input!) { ${name}(input: $input) {
    ... on ${type}Success { ${STEPS[name]} } ... on UserError { code path } } }`;
  const answer = await content.as(viewer).execute(document, { input });
  if (answer.errors) return { code: answer.errors[0]?.extensions?.['code'] };
  return answer.data[name];
}

const TEXT = 'Bees make honey. Wasps do not. Bees sleep.\n';

async function newTopic() {
  const author = content.somebody();
  const subjectId = await content.subject(author);
  const { id: topicId } = await content.topic(author, subjectId, 'A', { markdown: TEXT });
  const write = (markdown: string) => run(author, 'updateTopic', { topicId, markdown });
  const list = async (resolved: boolean | null = null) =>
    (await content.as(author).run(LIST, { id: topicId, resolved })).topic.comments.edges.map(
      ({ node }: { node: Record<string, unknown> }) => node,
    );
  const add = (quote: string, from = TEXT.indexOf(quote), viewer = author) =>
    run(viewer, 'addTopicComment', { topicId, from, quote, body: `About ${quote}` });
  const join = async (role: string) => {
    const person = content.somebody();
    await run(author, 'inviteToSubject', { subjectId, userId: person.id, role });
    await run(person, 'answerSubjectInvitation', { subjectId, accept: true });
    return person;
  };
  return { author, topicId, write, list, add, join };
}

test('a comment stays with its text while text is written before, in and behind it', async () => {
  const { write, list, add } = await newTopic();
  const { comment } = await add('Wasps do not');
  expect(comment).toMatchObject({ quote: 'Wasps do not', range: { from: 17, to: 29 } });
  const rangeIn = async (markdown: string) => {
    await write(markdown);
    const [{ range }] = await list();
    return range && markdown.slice(range.from, range.to);
  };
  expect(await rangeIn(`# New title\n\n${TEXT}`)).toBe('Wasps do not');
  expect(await rangeIn('Honey. Wasps really do not, ever. Bees sleep.\n')).toBe(
    'Wasps really do not',
  );
  expect(await rangeIn('12345\n')).toBeNull();
  expect(await rangeIn(`Again: ${TEXT}`)).toBe('Wasps do not');
});

test('a text that has moved is found near where the client saw it; one that is gone is refused', async () => {
  const { write, add } = await newTopic();
  await write(`New. ${TEXT}`);
  expect((await add('Bees', TEXT.lastIndexOf('Bees'))).comment.range).toEqual({
    from: TEXT.lastIndexOf('Bees') + 5,
    to: TEXT.lastIndexOf('Bees') + 9,
  });
  expect((await add('Bees', 0)).comment.range).toEqual({ from: 5, to: 9 });
  expect(await add('Ants', 3)).toEqual({
    code: 'TOPIC_COMMENT_TEXT_GONE',
    path: ['input', 'quote'],
  });
  expect(await add('', 3)).toMatchObject({ code: 'INVALID_INPUT' });
});

test('threads are answered, settled, opened again, changed and deleted by those who may', async () => {
  const { author, list, add, join } = await newTopic();
  const commenter = await join('COMMENTER');
  const viewer = await join('VIEWER');
  expect(await add('Bees', 0, viewer)).toEqual({ code: 'FORBIDDEN' });
  const { id: commentId } = (await add('Bees', 0, commenter)).comment;
  const answered = await run(author, 'answerTopicComment', { commentId, body: 'Yes.' });
  expect(answered.comment.answers).toEqual([{ body: 'Yes.' }]);
  expect(await run(viewer, 'answerTopicComment', { commentId, body: 'No.' })).toEqual({
    code: 'FORBIDDEN',
  });
  const resolved = await run(author, 'resolveTopicComment', { commentId });
  expect(resolved.comment.resolvedBy).toEqual({ id: author.id });
  expect(await list(false)).toEqual([]);
  expect(await list(true)).toMatchObject([{ id: commentId }]);
  await run(commenter, 'resolveTopicComment', { commentId, resolved: false });
  expect(await list(false)).toMatchObject([{ id: commentId, resolvedAt: null }]);
  const changed = { commentId, body: 'Changed' };
  expect(await run(author, 'editTopicComment', changed)).toEqual({ code: 'FORBIDDEN' });
  expect((await run(commenter, 'editTopicComment', changed)).comment.body).toBe('Changed');
  expect(await run(viewer, 'deleteTopicComment', { commentId })).toEqual({ code: 'FORBIDDEN' });
  expect(await run(author, 'deleteTopicComment', { commentId })).toEqual({
    topic: { comments: { edges: [] } },
  });
  expect(await run(author, 'answerTopicComment', changed)).toMatchObject({
    code: 'TOPIC_COMMENT_NOT_FOUND',
  });
});
