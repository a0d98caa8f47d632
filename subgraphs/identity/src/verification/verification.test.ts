import { newId } from '@civitas/platform/ids';
import { beforeAll, expect, test } from 'vitest';
import { insertPerson, type TestPerson } from '../testing/insert-person.ts';
import { sql } from '../testing/sql.ts';
import { useIdentity } from '../testing/use-identity.ts';

const identity = useIdentity();

const REQUEST = /* GraphQL */ `
  mutation ($input: RequestVerificationInput!) {
    result: requestVerification(input: $input) {
      __typename
      ... on RequestVerificationSuccess { request { id state person { id } decidedBy { id } } }
      ... on UserError { code path }
    }
  }
`;
const DECIDE = /* GraphQL */ `
  mutation ($input: DecideVerificationInput!) {
    result: decideVerification(input: $input) {
      __typename
      ... on DecideVerificationSuccess { request { state reason decidedBy { id } } }
      ... on UserError { code path }
    }
  }
`;
const END = /* GraphQL */ `
  mutation ($input: EndVerificationInput!) {
    result: endVerification(input: $input) {
      __typename
      ... on EndVerificationSuccess { user { ... on Merchant { verified } } }
      ... on UserError { code path }
    }
  }
`;
const UPDATE = /* GraphQL */ `
  mutation ($input: UpdateProfileInput!) {
    result: updateProfile(input: $input) { __typename ... on UserError { code path } }
  }
`;
const QUEUE = '{ verificationRequests(first: 100) { edges { node { id } } } }';

let admin: TestPerson;
let moderator: TestPerson;
beforeAll(async () => {
  [admin, moderator] = [await withRole('ADMINISTRATOR'), await withRole('MODERATOR')];
});

const withRole = (role: string, kind: 'CIVILIAN' | 'MERCHANT' = 'CIVILIAN') =>
  insertPerson(identity.databaseUrl, kind, { roles: [role] });
const merchant = () => insertPerson(identity.databaseUrl, 'MERCHANT');
const officer = () => insertPerson(identity.databaseUrl, 'OFFICER');
const civilian = () => insertPerson(identity.databaseUrl, 'CIVILIAN');

async function ask(by: TestPerson, query: string, input: Record<string, unknown>) {
  return (await identity.as(by.viewer).run(query, { input })).result;
}
async function request(by: TestPerson): Promise<string> {
  return (await ask(by, REQUEST, { evidence: 'A certificate.' })).request.id;
}
async function isVerified(person: TestPerson): Promise<boolean> {
  const query =
    'query ($id: ID!) { user(id: $id) { ... on Merchant { verified } ... on Officer { verified } } }';
  return (await identity.as().run(query, { id: person.viewer.id })).user.verified;
}
const eventsOf = async (person: TestPerson): Promise<string[]> =>
  (
    await sql(identity.databaseUrl, 'SELECT type FROM outbox WHERE aggregate_id = $1 ORDER BY 1', [
      person.viewer.id,
    ])
  ).map(({ type }) => type);

test('a merchant asks, a moderator approves, and everybody sees it', async () => {
  const shop = await merchant();
  const asked = await ask(shop, REQUEST, { evidence: 'TestPerson as no. 12.' });
  expect(asked.request).toMatchObject({
    state: 'PENDING',
    person: { id: shop.viewer.id },
    decidedBy: null,
  });
  expect((await ask(shop, REQUEST, { evidence: 'Again.' })).code).toBe('VERIFICATION_PENDING');
  expect(await isVerified(shop)).toBe(false);
  const decided = await ask(moderator, DECIDE, { requestId: asked.request.id, approve: true });
  const { viewer } = moderator;
  expect(decided.request).toEqual({
    state: 'APPROVED',
    reason: null,
    decidedBy: { id: viewer.id },
  });
  expect(await isVerified(shop)).toBe(true);
  expect((await ask(shop, REQUEST, { evidence: 'More.' })).code).toBe('ALREADY_VERIFIED');
  expect(await eventsOf(shop)).toEqual(['identity.user.verified']);
  const log = '{ mySecurityEvents(first: 2) { edges { node { type actor { id } } } } }';
  const { edges } = (await identity.as(shop.viewer).run(log)).mySecurityEvents;
  expect(edges).toEqual([
    { node: { type: 'VERIFICATION_APPROVED', actor: { id: viewer.id } } },
    { node: { type: 'VERIFICATION_REQUESTED', actor: null } },
  ]);
});

test('a refusal says why, and one may ask again', async () => {
  const shop = await merchant();
  const requestId = await request(shop);
  const silent = await ask(moderator, DECIDE, { requestId, approve: false });
  expect(silent).toMatchObject({ code: 'INVALID_INPUT', path: ['input', 'reason'] });
  await ask(moderator, DECIDE, { requestId, approve: false, reason: 'The number is not yours.' });
  const mine = '{ myVerification { state reason } }';
  expect((await identity.as(shop.viewer).run(mine)).myVerification).toEqual({
    state: 'REFUSED',
    reason: 'The number is not yours.',
  });
  expect(await isVerified(shop)).toBe(false);
  expect(await request(shop)).not.toBe(requestId);
});

test('officers are for administrators, and nobody but oversight decides or sees the queue', async () => {
  const police = await officer();
  const requestId = await request(police);
  const input = { requestId, approve: true };
  const stranger = await merchant();
  const stale = { ...stranger.viewer, roles: ['ADMINISTRATOR'] };
  for (const viewer of [moderator.viewer, stranger.viewer, stale, police.viewer]) {
    expect(await identity.as(viewer).codes(DECIDE, { input })).toEqual(['FORBIDDEN']);
  }
  expect(await identity.as().codes(DECIDE, { input })).toEqual(['UNAUTHENTICATED']);
  expect(await identity.as(stranger.viewer).codes(QUEUE)).toEqual(['FORBIDDEN']);
  const queue = (await identity.as(moderator.viewer).run(QUEUE)).verificationRequests.edges;
  expect(queue.map(({ node }: { node: { id: string } }) => node.id)).toContain(requestId);
  expect((await ask(admin, DECIDE, input)).request.state).toBe('APPROVED');
  expect(await isVerified(police)).toBe(true);
});

test('nobody verifies themselves, not even past the service', async () => {
  const own = await withRole('ADMINISTRATOR', 'MERCHANT');
  const requestId = await request(own);
  const input = { requestId, approve: true };
  expect(await identity.as(own.viewer).codes(DECIDE, { input })).toEqual(['FORBIDDEN']);
  const queue = (await identity.as(own.viewer).run(QUEUE)).verificationRequests.edges;
  expect(queue).not.toContainEqual({ node: { id: requestId } });
  const past = sql(
    identity.databaseUrl,
    `UPDATE verification_request SET state = 'APPROVED', decided_at = now(), decided_by_id = user_id WHERE id = $1`,
    [requestId],
  );
  await expect(past).rejects.toThrow('verification_request_not_by_oneself');
});

test('of two who decide at once one does, and the other is told', async () => {
  const shop = await merchant();
  const requestId = await request(shop);
  const answers = await Promise.all([
    ask(admin, DECIDE, { requestId, approve: true }),
    ask(moderator, DECIDE, { requestId, approve: false, reason: 'No.' }),
  ]);
  expect(answers.map(({ __typename }) => __typename).toSorted()).toEqual([
    'DecideVerificationSuccess',
    'VerificationDecided',
  ]);
  const winner = answers.find(({ request: made }) => made).request.state;
  expect(await isVerified(shop)).toBe(winner === 'APPROVED');
});

test('of ten requests of one person at once one is made', async () => {
  const shop = await merchant();
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => ask(shop, REQUEST, { evidence: 'Many tabs.' })),
  );
  expect(
    answers.filter(({ __typename }) => __typename === 'RequestVerificationSuccess'),
  ).toHaveLength(1);
});

test('a verified fact that changes has to be verified again; other changes do not matter', async () => {
  const shop = await merchant();
  await ask(moderator, DECIDE, { requestId: await request(shop), approve: true });
  await ask(shop, UPDATE, { bio: 'Since 1904.', merchant: { tradeName: 'Bread' } });
  expect(await isVerified(shop)).toBe(true);
  await ask(shop, UPDATE, { merchant: { tradeName: 'The National Bank' } });
  expect(await isVerified(shop)).toBe(false);
  expect(await eventsOf(shop)).toContain('identity.user.verification-ended');
});

test.each([
  ['MERCHANT', { merchant: { tradeName: 'The National Bank' } }],
  ['MERCHANT', { merchant: { category: 'Banks' } }],
  ['OFFICER', { officer: { badgeNumber: 'CHIEF-1' } }],
  ['OFFICER', { officer: { department: 'Secret' } }],
  ['FAMILY', { family: { needsStatement: 'A yacht.' } }],
  ['FAMILY', { family: { householdSize: 12 } }],
] as const)('of a verified %s each stated fact counts: %j', async (kind, change) => {
  const somebody = await insertPerson(identity.databaseUrl, kind, { verified: true });
  const verified = async () =>
    sql(identity.databaseUrl, 'SELECT verified FROM "user" WHERE id = $1', [somebody.viewer.id]);
  await ask(somebody, UPDATE, { displayName: 'Another name' });
  expect(await verified()).toEqual([{ verified: true }]);
  await ask(somebody, UPDATE, change);
  expect(await verified()).toEqual([{ verified: false }]);
});

test('a profile that changes under a pending request takes the request with it', async () => {
  const shop = await merchant();
  const requestId = await request(shop);
  await ask(shop, UPDATE, { merchant: { category: 'Banks' } });
  const late = await ask(moderator, DECIDE, { requestId, approve: true });
  expect(late.code).toBe('VERIFICATION_DECIDED');
  expect(await isVerified(shop)).toBe(false);
});

test('oversight takes a verification back, with a reason in the log', async () => {
  const shop = await merchant();
  const input = { userId: shop.viewer.id, reason: 'Closed down.' };
  expect((await ask(moderator, END, input)).code).toBe('NOT_VERIFIED');
  await ask(moderator, DECIDE, { requestId: await request(shop), approve: true });
  expect(await identity.as(shop.viewer).codes(END, { input })).toEqual(['FORBIDDEN']);
  expect((await ask(moderator, END, input)).user).toEqual({ verified: false });
  const log = '{ mySecurityEvents(first: 1) { edges { node { type subject } } } }';
  expect((await identity.as(shop.viewer).run(log)).mySecurityEvents.edges).toEqual([
    { node: { type: 'VERIFICATION_ENDED', subject: 'Closed down.' } },
  ]);
});

test('who has nothing to verify, and requests that are none, are answered with a code', async () => {
  const nobody = await civilian();
  expect((await ask(nobody, REQUEST, { evidence: 'Me.' })).code).toBe('NOTHING_TO_VERIFY');
  expect((await ask(nobody, REQUEST, { evidence: ' ' })).code).toBe('INVALID_INPUT');
  for (const [requestId, code] of [
    [newId('vrq'), 'VERIFICATION_NOT_FOUND'],
    ["vrq_' OR 1=1", 'INVALID_INPUT'],
  ]) {
    expect((await ask(admin, DECIDE, { requestId, approve: true })).code).toBe(code);
  }
});

test('only a verified officer records encounters', async () => {
  const [police, passerby] = [await officer(), await civilian()];
  const record = /* GraphQL */ `
    mutation ($input: RecordEncounterInput!) {
      result: recordEncounter(input: $input) { __typename ... on UserError { code } }
    }
  `;
  const meeting = {
    civilianId: passerby.viewer.id,
    kind: 'PATROL',
    occurredAt: new Date().toISOString(),
  };
  expect((await ask(police, record, meeting)).code).toBe('OFFICER_NOT_VERIFIED');
  await ask(admin, DECIDE, { requestId: await request(police), approve: true });
  expect((await ask(police, record, meeting)).__typename).toBe('RecordEncounterSuccess');
  await ask(police, UPDATE, { officer: { department: 'Secret' } });
  expect((await ask(police, record, meeting)).code).toBe('OFFICER_NOT_VERIFIED');
});
