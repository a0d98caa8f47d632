import { newId } from '@civitas/platform/ids';
import { beforeAll, expect, test } from 'vitest';
import { insertPerson, type TestPerson } from '../testing/insert-person.ts';
import { sql } from '../testing/sql.ts';
import { useIdentity } from '../testing/use-identity.ts';

const identity = useIdentity();

const RECORD = /* GraphQL */ `
  mutation ($input: RecordEncounterInput!) {
    result: recordEncounter(input: $input) {
      __typename
      ... on RecordEncounterSuccess { encounter { id place { latitude longitude } } }
      ... on UserError { code path }
    }
  }
`;
const DISPUTE = /* GraphQL */ `
  mutation ($input: DisputeEncounterInput!) {
    result: disputeEncounter(input: $input) {
      __typename
      ... on DisputeEncounterSuccess { dispute { id state encounter { id } } }
      ... on UserError { code path }
    }
  }
`;
const ANSWER = /* GraphQL */ `
  mutation ($input: AnswerDisputeInput!) {
    result: answerDispute(input: $input) {
      __typename
      ... on AnswerDisputeSuccess { dispute { state answer } }
      ... on UserError { code path }
    }
  }
`;
const ENCOUNTER = /* GraphQL */ `
  query ($id: ID!) {
    encounter(id: $id) { id note dispute { statement state answer answeredAt } }
  }
`;
const QUEUE = '{ encounterDisputes(first: 100) { edges { node { id } } } }';

const person = (kind: 'CIVILIAN' | 'OFFICER', columns = {}) =>
  insertPerson(identity.databaseUrl, kind, { verified: true, ...columns });

let moderator: TestPerson;
let officer: TestPerson;
let civilian: TestPerson;
let stranger: TestPerson;
beforeAll(async () => {
  moderator = await person('CIVILIAN', { roles: ['MODERATOR'] });
  officer = await person('OFFICER');
  civilian = await person('CIVILIAN');
  stranger = await person('OFFICER');
});

async function ask(by: TestPerson, query: string, input: Record<string, unknown>) {
  return (await identity.as(by.viewer).run(query, { input })).result;
}
async function record(changes: Record<string, unknown> = {}, by = officer, whom = civilian) {
  return ask(by, RECORD, {
    civilianId: whom.viewer.id,
    kind: 'PATROL',
    occurredAt: new Date().toISOString(),
    note: 'Was rude.',
    ...changes,
  });
}
async function disputed(): Promise<{ encounterId: string; disputeId: string }> {
  const encounterId = (await record()).encounter.id;
  const { dispute } = await ask(civilian, DISPUTE, { encounterId, statement: 'I was not.' });
  return { encounterId, disputeId: dispute.id };
}
const read = async (by: TestPerson, id: string) =>
  (await identity.as(by.viewer).run(ENCOUNTER, { id })).encounter;

test('a civilian disputes, oversight answers, and both sides read it; the record stays', async () => {
  const { encounterId, disputeId } = await disputed();
  const open = { statement: 'I was not.', state: 'OPEN', answer: null, answeredAt: null };
  const encounter = { id: encounterId, note: 'Was rude.', dispute: open };
  expect(await read(officer, encounterId)).toEqual(encounter);
  const queue = (await identity.as(moderator.viewer).run(QUEUE)).encounterDisputes.edges;
  expect(queue).toContainEqual({ node: { id: disputeId } });
  const answered = await ask(moderator, ANSWER, { disputeId, uphold: true, answer: 'He was not.' });
  expect(answered.dispute).toEqual({ state: 'UPHELD', answer: 'He was not.' });
  for (const side of [officer, civilian]) {
    expect(await read(side, encounterId)).toMatchObject({
      note: 'Was rude.',
      dispute: { state: 'UPHELD', answer: 'He was not.' },
    });
  }
  const events = await sql(
    identity.databaseUrl,
    'SELECT type, payload FROM outbox WHERE aggregate_id = $1 ORDER BY position',
    [disputeId],
  );
  expect(events).toMatchObject([
    { type: 'identity.encounter.disputed', payload: { officerId: officer.viewer.id } },
    { type: 'identity.encounter.dispute-answered', payload: { state: 'UPHELD' } },
  ]);
});

test('an encounter and its dispute are for both sides and oversight, by its id and as a list', async () => {
  const { encounterId } = await disputed();
  for (const who of [officer, civilian, moderator]) {
    expect((await read(who, encounterId)).id).toBe(encounterId);
  }
  expect(await read(stranger, encounterId)).toBeNull();
  expect(await identity.as().codes(ENCOUNTER, { id: encounterId })).toEqual(['UNAUTHENTICATED']);
  expect(await identity.as(officer.viewer).codes(QUEUE)).toEqual(['FORBIDDEN']);
  const stale = { ...stranger.viewer, roles: ['MODERATOR'] };
  expect(await identity.as(stale).codes(QUEUE)).toEqual(['FORBIDDEN']);
});

test('for anybody but its civilian there is no encounter to dispute', async () => {
  const encounterId = (await record()).encounter.id;
  const input = { encounterId, statement: 'No.' };
  for (const who of [officer, stranger, moderator]) {
    expect((await ask(who, DISPUTE, input)).code).toBe('ENCOUNTER_NOT_FOUND');
  }
  expect((await ask(civilian, DISPUTE, { ...input, encounterId: newId('enc') })).code).toBe(
    'ENCOUNTER_NOT_FOUND',
  );
  expect((await ask(civilian, DISPUTE, { ...input, statement: '' })).code).toBe('INVALID_INPUT');
  expect(await read(officer, encounterId)).toMatchObject({ dispute: null });
});

test('of ten disputes of one encounter at once one is opened', async () => {
  const encounterId = (await record()).encounter.id;
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => ask(civilian, DISPUTE, { encounterId, statement: 'No.' })),
  );
  const codes = answers.map(({ code }) => code ?? 'made').toSorted();
  expect(codes).toEqual([...Array(9).fill('ENCOUNTER_DISPUTED'), 'made']);
});

test('of two answers at once one counts', async () => {
  const { disputeId } = await disputed();
  const other = await person('CIVILIAN', { roles: ['ADMINISTRATOR'] });
  const answers = await Promise.all([
    ask(moderator, ANSWER, { disputeId, uphold: true, answer: 'Yes.' }),
    ask(other, ANSWER, { disputeId, uphold: false, answer: 'No.' }),
  ]);
  expect(answers.map(({ code }) => code ?? 'answered').toSorted()).toEqual([
    'DISPUTE_ANSWERED',
    'answered',
  ]);
});

test('neither side answers, whatever their role, not even past the service', async () => {
  const judge = await person('OFFICER', { roles: ['ADMINISTRATOR'] });
  const encounterId = (await record({}, judge)).encounter.id;
  const { dispute } = await ask(civilian, DISPUTE, { encounterId, statement: 'No.' });
  const input = { disputeId: dispute.id, uphold: false, answer: 'I say so.' };
  for (const who of [judge, civilian, stranger]) {
    expect(await identity.as(who.viewer).codes(ANSWER, { input })).toEqual(['FORBIDDEN']);
  }
  const past = sql(
    identity.databaseUrl,
    `UPDATE encounter_dispute SET state = 'REJECTED', answered_at = now(), answer = 'x', answered_by_id = $2 WHERE id = $1`,
    [dispute.id, judge.viewer.id],
  );
  await expect(past).rejects.toThrow('answered by a third person');
});

test('a place is kept to a hundredth of a degree, and nothing finer reaches the database', async () => {
  const { encounter } = await record({ place: { latitude: 52.520_008, longitude: -13.404_954 } });
  expect(encounter.place).toEqual({ latitude: 52.52, longitude: -13.4 });
  const [row] = await sql(identity.databaseUrl, 'SELECT * FROM encounter WHERE id = $1', [
    encounter.id,
  ]);
  expect(JSON.stringify(row)).not.toContain('52.5');
  for (const place of [
    { latitude: 90.01, longitude: 0 },
    { latitude: 0, longitude: -181 },
  ]) {
    expect((await record({ place })).code).toBe('INVALID_INPUT');
  }
});
