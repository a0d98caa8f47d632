import { newId } from '@civitas/platform/ids';
import { expect, test } from 'vitest';
import { countStatements, useContent } from '../testing/use-content.ts';
import { isPassed } from './passing.ts';

const content = useContent();
type Person = ReturnType<typeof content.somebody>;

const ENROLMENT = 'enrolment { doneTopicCount progress resumeAt { title } certificate { id } }';
const FAILURE = '... on UserError { code path }';
const MUTATIONS = {
  enrolInSubject: `... on EnrolInSubjectSuccess { ${ENROLMENT} }`,
  leaveSubject: '... on LeaveSubjectSuccess { subject { myEnrolment { progress } } }',
  visitTopic: `... on VisitTopicSuccess { ${ENROLMENT} }`,
  markTopicDone: `... on MarkTopicDoneSuccess { topic { doneByMe } ${ENROLMENT} }`,
  answerCheckpoints: `
    ... on AnswerCheckpointsSuccess {
      attempt { score maxScore passed }
      results { right explanation checkpoint { question } }
    }
    ... on CheckpointsExhausted { retryAt }`,
  claimCertificate: `
    ... on ClaimCertificateSuccess { certificate { id subjectTitle topicCount } }
    ... on SubjectNotCompleted { topicsLeft { title } checkpointsLeft { title } }`,
} as const;

type Mutation = keyof typeof MUTATIONS;

async function change(person: Person, name: Mutation, input: object) {
  const type =
    name === 'enrolInSubject' || name === 'leaveSubject' || name === 'claimCertificate'
      ? 'EnrolmentInput'
      : `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
  const query = `mutation ($input: ${type}!) { ${name}(input: $input) { ${MUTATIONS[name]} ${FAILURE} } }`;
  return (await content.as(person).run(query, { input }))[name];
}

const QUIZ = `Salt preserves.

\`\`\`quiz
What does yeast make?
- [ ] Salt
- [x] Alcohol
> From sugar.
\`\`\`

\`\`\`quiz
Capital of Norway?
= Oslo
\`\`\`
`;
const QUESTIONS = /* GraphQL */ `
  query ($id: ID!) {
    topic(id: $id) {
      markdown
      checkpoints { key kind question options }
      checkpointProblems { line message }
      myBestAttempt { score maxScore }
      doneByMe
    }
  }
`;

/** A subject of three topics, the last with two questions, and somebody who learns it. */
async function course() {
  const [author, learner] = [content.somebody(), content.somebody()];
  const subjectId = await content.subject(author, { title: 'Brewing' });
  const [first, second] = [
    await content.topic(author, subjectId, 'Malt'),
    await content.topic(author, subjectId, 'Mash'),
  ];
  const exam = await content.topic(author, subjectId, 'Exam', { markdown: QUIZ });
  await change(learner, 'enrolInSubject', { subjectId });
  return { author, learner, subjectId, first, second, exam };
}

async function questions(topicId: string) {
  return (await content.as().run(QUESTIONS, { id: topicId })).topic.checkpoints as {
    readonly key: string;
  }[];
}

async function answers(topicId: string, right: boolean) {
  const [choice, text] = await questions(topicId);
  return {
    topicId,
    answers: [
      { key: choice?.key, options: [right ? 1 : 0] },
      { key: text?.key, text: right ? 'oslo ' : 'Bergen' },
    ],
  };
}

test('a learner sees how far they are and where to go on', async () => {
  const { learner, subjectId, first, second, exam } = await course();
  expect((await change(learner, 'enrolInSubject', { subjectId })).enrolment).toEqual({
    doneTopicCount: 0,
    progress: 0,
    resumeAt: { title: 'Malt' },
    certificate: null,
  });
  const { topic, enrolment } = await change(learner, 'markTopicDone', { topicId: second.id });
  expect(topic).toEqual({ doneByMe: true });
  expect(enrolment).toMatchObject({ doneTopicCount: 1, resumeAt: { title: 'Exam' } });
  expect(enrolment.progress).toBeCloseTo(1 / 3);
  await change(learner, 'markTopicDone', { topicId: exam.id });
  const back = await change(learner, 'visitTopic', { topicId: second.id });
  expect(back.enrolment.resumeAt).toEqual({ title: 'Malt' });
  const all = await change(learner, 'markTopicDone', { topicId: first.id });
  expect(all.enrolment).toMatchObject({ progress: 1, resumeAt: null });
  const undone = await change(learner, 'markTopicDone', { topicId: first.id, done: false });
  expect(undone).toMatchObject({ topic: { doneByMe: false }, enrolment: { doneTopicCount: 2 } });
});

test('a topic in the archive counts neither as done nor as left', async () => {
  const { author, learner, subjectId, first, second } = await course();
  await change(learner, 'markTopicDone', { topicId: first.id });
  await change(learner, 'markTopicDone', { topicId: second.id });
  const archive = /* GraphQL */ `
    mutation ($input: ArchiveTopicInput!) { archiveTopic(input: $input) { __typename } }
  `;
  await content.as(author).run(archive, { input: { topicId: second.id } });
  const { enrolment } = await change(learner, 'enrolInSubject', { subjectId });
  expect(enrolment).toMatchObject({ doneTopicCount: 1, progress: 0.5 });
});

test('readers get questions without solutions, their editors the text as it is', async () => {
  const { author, learner, exam } = await course();
  const read = async (person?: Person) =>
    (await content.as(person).run(QUESTIONS, { id: exam.id })).topic;
  for (const topic of [await read(), await read(learner)]) {
    expect(topic.markdown).not.toMatch(/\[x\]|Oslo|From sugar/);
    expect(topic.checkpoints).toMatchObject([
      { kind: 'SINGLE_CHOICE', question: 'What does yeast make?', options: ['Salt', 'Alcohol'] },
      { kind: 'SHORT_TEXT', question: 'Capital of Norway?', options: [] },
    ]);
    expect(topic.checkpointProblems).toBeNull();
  }
  expect(await read(author)).toMatchObject({ markdown: QUIZ, checkpointProblems: [] });
});

test('answers are graded, explained after the answer, and the best attempt is kept', async () => {
  const { learner, exam } = await course();
  const good = await change(learner, 'answerCheckpoints', await answers(exam.id, true));
  expect(good).toEqual({
    attempt: { score: 2, maxScore: 2, passed: true },
    results: [
      {
        right: true,
        explanation: 'From sugar.',
        checkpoint: { question: 'What does yeast make?' },
      },
      { right: true, explanation: null, checkpoint: { question: 'Capital of Norway?' } },
    ],
  });
  const bad = await change(learner, 'answerCheckpoints', await answers(exam.id, false));
  expect(bad.attempt).toEqual({ score: 0, maxScore: 2, passed: false });
  const none = await change(learner, 'answerCheckpoints', { topicId: exam.id, answers: [] });
  expect(none.attempt).toMatchObject({ score: 0 });
  const { topic } = await content.as(learner).run(QUESTIONS, { id: exam.id });
  expect(topic.myBestAttempt).toEqual({ score: 2, maxScore: 2 });
});

test('an edit meanwhile costs nobody an attempt', async () => {
  const { author, learner, exam } = await course();
  const input = await answers(exam.id, true);
  const change_ = /* GraphQL */ `
    mutation ($input: UpdateTopicInput!) { updateTopic(input: $input) { __typename } }
  `;
  const markdown = QUIZ.replace('Salt\n', 'Sugar\n');
  await content.as(author).run(change_, { input: { topicId: exam.id, markdown } });
  expect(await change(learner, 'answerCheckpoints', input)).toEqual({
    code: 'CHECKPOINTS_CHANGED',
    path: ['input', 'answers'],
  });
});

test('of 30 attempts at once ten count, and the others are told when to come back', async () => {
  const { learner, exam } = await course();
  const input = await answers(exam.id, false);
  const results = await Promise.all(
    Array.from({ length: 30 }, () => change(learner, 'answerCheckpoints', input)),
  );
  expect(results.filter(({ attempt }) => attempt)).toHaveLength(10);
  const refused = results.filter(({ code }) => code === 'CHECKPOINTS_EXHAUSTED');
  expect(refused).toHaveLength(20);
  expect(Date.parse(refused[0].retryAt)).toBeGreaterThan(Date.now() + 59 * 60_000);
});

test('a certificate is given for every topic done and every question passed, once', async () => {
  const { learner, subjectId, first, second, exam } = await course();
  await change(learner, 'markTopicDone', { topicId: first.id });
  expect(await change(learner, 'claimCertificate', { subjectId })).toEqual({
    code: 'SUBJECT_NOT_COMPLETED',
    path: null,
    topicsLeft: [{ title: 'Mash' }, { title: 'Exam' }],
    checkpointsLeft: [{ title: 'Exam' }],
  });
  await change(learner, 'markTopicDone', { topicId: second.id });
  await change(learner, 'markTopicDone', { topicId: exam.id });
  await change(learner, 'answerCheckpoints', await answers(exam.id, false));
  expect(await change(learner, 'claimCertificate', { subjectId })).toMatchObject({
    topicsLeft: [],
    checkpointsLeft: [{ title: 'Exam' }],
  });
  await change(learner, 'answerCheckpoints', await answers(exam.id, true));
  const claims = await Promise.all(
    Array.from({ length: 10 }, () => change(learner, 'claimCertificate', { subjectId })),
  );
  const [{ certificate }] = claims;
  expect(certificate).toMatchObject({ subjectTitle: 'Brewing', topicCount: 3 });
  expect(new Set(claims.map((claim) => claim.certificate.id)).size).toBe(1);
  const query = /* GraphQL */ `
    query ($id: ID!) { certificate(id: $id) { learner { id } subject { id } } }
  `;
  expect((await content.as().run(query, { id: certificate.id })).certificate).toEqual({
    learner: { id: learner.id },
    subject: { id: subjectId },
  });
});

test('70 % of the questions suffice for a certificate, less does not, nor has a subject without topics one', async () => {
  expect([7, 6.99].map((score) => isPassed({ score, maxScore: 10 }))).toEqual([true, false]);
  const person = content.somebody();
  const subjectId = await content.subject(person);
  await change(person, 'enrolInSubject', { subjectId });
  expect(await change(person, 'claimCertificate', { subjectId })).toMatchObject({
    code: 'SUBJECT_NOT_COMPLETED',
    topicsLeft: [],
  });
});

test('who leaves is forgotten, but for their certificate', async () => {
  const { author, learner } = await course();
  const subjectId = await content.subject(author, { title: 'Short' });
  const topic = await content.topic(author, subjectId, 'All');
  await change(learner, 'enrolInSubject', { subjectId });
  await change(learner, 'markTopicDone', { topicId: topic.id });
  await change(learner, 'claimCertificate', { subjectId });
  expect(await change(learner, 'leaveSubject', { subjectId })).toEqual({
    subject: { myEnrolment: null },
  });
  expect(await change(learner, 'leaveSubject', { subjectId })).toMatchObject({
    code: 'NOT_ENROLLED',
  });
  const { enrolment } = await change(learner, 'enrolInSubject', { subjectId });
  expect(enrolment).toMatchObject({ doneTopicCount: 0, certificate: { id: expect.any(String) } });
});

test('enrolling, marking and leaving at once leave nothing half', async () => {
  const { learner, subjectId, first } = await course();
  const steps = Array.from({ length: 40 }, (_, n) => {
    if (n % 3 === 0) return change(learner, 'enrolInSubject', { subjectId });
    if (n % 3 === 1) return change(learner, 'markTopicDone', { topicId: first.id });
    return change(learner, 'leaveSubject', { subjectId });
  });
  const codes = (await Promise.all(steps)).map(({ code }) => code);
  expect(new Set(codes)).toEqual(new Set([undefined, 'NOT_ENROLLED']));
});

const STATISTICS = /* GraphQL */ `
  query ($id: ID!) {
    subject(id: $id) {
      learnerCount
      learningStatistics {
        learnerCount certificateCount averageProgress
        topics { topic { title } doneCount attemptCount averageScore }
      }
    }
  }
`;

test('an author sees how learners get on; nobody else does', async () => {
  const { author, learner, subjectId, first, exam } = await course();
  const other = content.somebody();
  await change(other, 'enrolInSubject', { subjectId });
  await change(other, 'markTopicDone', { topicId: first.id });
  await change(learner, 'markTopicDone', { topicId: first.id });
  await change(learner, 'answerCheckpoints', await answers(exam.id, true));
  await change(other, 'answerCheckpoints', await answers(exam.id, false));
  const { subject } = await content.as(author).run(STATISTICS, { id: subjectId });
  expect(subject).toMatchObject({
    learnerCount: 2,
    learningStatistics: {
      learnerCount: 2,
      certificateCount: 0,
      topics: [
        { topic: { title: 'Malt' }, doneCount: 2, attemptCount: 0, averageScore: null },
        { topic: { title: 'Mash' }, doneCount: 0, attemptCount: 0, averageScore: null },
        { topic: { title: 'Exam' }, doneCount: 0, attemptCount: 2, averageScore: 0.5 },
      ],
    },
  });
  expect(subject.learningStatistics.averageProgress).toBeCloseTo(1 / 3);
  expect(await content.as(learner).codes(STATISTICS, { id: subjectId })).toEqual(['FORBIDDEN']);
  expect(await content.as().codes(STATISTICS, { id: subjectId })).toEqual(['UNAUTHENTICATED']);
});

test('what I learn and have learned is mine to see', async () => {
  const { learner, author, subjectId } = await course();
  const query = /* GraphQL */ `
    query ($people: [_Any!]!) {
      _entities(representations: $people) {
        ... on User {
          enrolments { edges { node { subject { id } } } }
          certificates { edges { node { id } } }
        }
      }
    }
  `;
  const people = [{ __typename: 'User', id: learner.id }];
  const { _entities } = await content.as(learner).run(query, { people });
  expect(_entities[0]).toEqual({
    enrolments: { edges: [{ node: { subject: { id: subjectId } } }] },
    certificates: { edges: [] },
  });
  expect(await content.as(author).codes(query, { people })).toEqual(['FORBIDDEN', 'FORBIDDEN']);
});

test('a private subject cannot be learned by others, and what became private is not shown', async () => {
  const [author, stranger] = [content.somebody(), content.somebody()];
  const subjectId = await content.subject(author, { visibility: 'PRIVATE' });
  const { id: topicId } = await content.topic(author, subjectId, 'Hidden', { markdown: QUIZ });
  expect(await change(stranger, 'enrolInSubject', { subjectId })).toEqual({
    code: 'SUBJECT_NOT_FOUND',
    path: ['input', 'subjectId'],
  });
  const notFound = { code: 'TOPIC_NOT_FOUND', path: ['input', 'topicId'] };
  expect(await change(stranger, 'visitTopic', { topicId })).toEqual(notFound);
  expect(await change(stranger, 'markTopicDone', { topicId })).toEqual(notFound);
  expect(await change(stranger, 'answerCheckpoints', { topicId, answers: [] })).toEqual(notFound);
  expect(await change(stranger, 'claimCertificate', { subjectId })).toMatchObject({
    code: 'NOT_ENROLLED',
  });

  const { learner, ...open } = await course();
  const learned = async () => {
    const query = /* GraphQL */ `
      query ($people: [_Any!]!) {
        _entities(representations: $people) { ... on User { enrolments { edges { node { subject { id } } } } } }
      }
    `;
    const people = [{ __typename: 'User', id: learner.id }];
    return (await content.as(learner).run(query, { people }))._entities[0].enrolments.edges.length;
  };
  expect(await learned()).toBe(1);
  const hide = /* GraphQL */ `
    mutation ($input: UpdateSubjectInput!) { updateSubject(input: $input) { __typename } }
  `;
  const input = { subjectId: open.subjectId, visibility: 'PRIVATE' };
  await content.as(open.author).run(hide, { input });
  expect(await learned()).toBe(0);
  expect(await change(learner, 'markTopicDone', { topicId: open.first.id })).toEqual(notFound);
  // What is left to learn would name its topics.
  expect(await change(learner, 'claimCertificate', { subjectId: open.subjectId })).toEqual({
    code: 'SUBJECT_NOT_FOUND',
    path: ['input', 'subjectId'],
  });
});

test.each([
  ['enrolInSubject', { subjectId: 'NOT_A_VALID_ID' }],
  ['leaveSubject', { subjectId: newId('top') }],
  ['markTopicDone', { topicId: '' }],
  ['answerCheckpoints', { topicId: newId('top'), answers: [{ key: 'k', options: [-1] }] }],
  ['answerCheckpoints', { topicId: newId('top'), answers: [{ key: 'k' }, { key: 'k' }] }],
  [
    'answerCheckpoints',
    { topicId: newId('top'), answers: Array.from({ length: 51 }, (_, n) => ({ key: String(n) })) },
  ],
  ['answerCheckpoints', { topicId: newId('top'), answers: [{ key: 'k', text: 'x'.repeat(201) }] }],
] as const)('%s(%j) is refused', async (name, input) => {
  expect(await change(content.somebody(), name, input)).toMatchObject({ code: 'INVALID_INPUT' });
});

test.each(Object.keys(MUTATIONS) as Mutation[])('%s needs a viewer', async (name) => {
  const query = `mutation ($input: ${
    name === 'enrolInSubject' || name === 'leaveSubject' || name === 'claimCertificate'
      ? 'EnrolmentInput'
      : `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`
  }!) { ${name}(input: $input) { ${FAILURE} } }`;
  const input = query.includes('EnrolmentInput')
    ? { subjectId: newId('sub') }
    : { topicId: newId('top'), ...(name === 'answerCheckpoints' && { answers: [] }) };
  expect(await content.as().codes(query, { input })).toEqual(['UNAUTHENTICATED']);
});

test('the state of many subjects and topics costs as many statements as that of one', async () => {
  const author = content.somebody();
  const learner = content.somebody();
  for (let n = 0; n < 4; n += 1) {
    const subjectId = await content.subject(author);
    const topic = await content.topic(author, subjectId, 'One', { markdown: QUIZ });
    await change(learner, 'enrolInSubject', { subjectId });
    await change(learner, 'markTopicDone', { topicId: topic.id });
  }
  const query = /* GraphQL */ `
    query ($first: Int!) {
      subjects(first: $first) {
        edges {
          node {
            learnerCount
            myEnrolment { progress resumeAt { id } certificate { id } }
            topics { doneByMe myBestAttempt { score } checkpoints { key } }
          }
        }
      }
    }
  `;
  const cost = (first: number) => countStatements(() => content.as(learner).run(query, { first }));
  expect(await cost(4)).toBe(await cost(1));
});
