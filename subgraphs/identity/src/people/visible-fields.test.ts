import { expect, test } from 'vitest';
import { insertPerson, type TestPerson } from '../testing/insert-person.ts';
import { sql } from '../testing/sql.ts';
import { useIdentity } from '../testing/use-identity.ts';

const identity = useIdentity();

const UPDATE = /* GraphQL */ `
  mutation ($input: UpdateProfileInput!) {
    result: updateProfile(input: $input) { __typename ... on UserError { code path } }
  }
`;
const FIELDS = '__typename bio location email ... on Family { address }';
/** Every way to a person. */
const PATHS = ({ viewer: { id }, handle }: TestPerson) => /* GraphQL */ `{
  user: user(id: "${id}") { ${FIELDS} }
  byHandle: userByHandle(handle: "${handle}") { ${FIELDS} }
  search: searchPeople(query: "${handle}") { edges { node { ${FIELDS} } } }
  entities: _entities(representations: [
    { __typename: "User", id: "${id}" }, { __typename: "Family", id: "${id}" }
  ]) { ... on User { ${FIELDS} } }
}`;

async function update(who: Pick<TestPerson, 'viewer'>, input: Record<string, unknown>) {
  return (await identity.as(who.viewer).run(UPDATE, { input })).result;
}

async function settledFamily(): Promise<TestPerson> {
  const columns = { bio: 'A bio', location: 'A town', address: 'A street' };
  return insertPerson(identity.databaseUrl, 'FAMILY', columns);
}

const person = () => insertPerson(identity.databaseUrl, 'CIVILIAN');

/** What a viewer reads of somebody: the same by every path. */
async function seen(family: TestPerson, by: TestPerson | null) {
  const answer = await identity.as(by?.viewer).run(PATHS(family));
  const [found, ...others] = [
    answer.user,
    answer.byHandle,
    answer.search.edges[0].node,
    ...answer.entities,
  ];
  expect(others).toEqual([found, found, found, found]);
  const { __typename, ...fields } = found;
  return fields;
}

test('each field is for those whom its owner shows it to, by every path', async () => {
  const [family, other] = [await settledFamily(), await person()];
  const all = { bio: 'A bio', location: 'A town', email: family.email, address: 'A street' };
  const none = { bio: null, location: null, email: null, address: null };
  expect(await seen(family, null)).toEqual({ ...none, bio: 'A bio' });
  expect(await seen(family, other)).toEqual({ ...none, bio: 'A bio', location: 'A town' });
  expect(await seen(family, family)).toEqual(all);
  const signedIn = { email: 'SIGNED_IN', address: 'SIGNED_IN' };
  await update(family, { visibility: { bio: 'ONLY_ME', location: 'ONLY_ME', ...signedIn } });
  expect(await seen(family, null)).toEqual(none);
  const shown = { ...none, email: family.email, address: 'A street' };
  expect(await seen(family, other)).toEqual(shown);
  const everybody = { bio: 'PUBLIC', location: 'PUBLIC', email: 'PUBLIC', address: 'PUBLIC' };
  await update(family, { visibility: everybody });
  expect(await seen(family, null)).toEqual(all);
});

test('an address that nobody confirmed is shown to nobody else, whatever the profile says', async () => {
  const ada = await person();
  await sql(
    identity.databaseUrl,
    'UPDATE account SET email_verified_at = NULL WHERE user_id = $1',
    [ada.viewer.id],
  );
  await update(ada, { visibility: { email: 'PUBLIC' } });
  const query = 'query ($id: ID!) { user(id: $id) { email } }';
  expect((await identity.as().run(query, { id: ada.viewer.id })).user.email).toBeNull();
});

test('what is shown to whom is the owner’s to read', async () => {
  const ada = await person();
  await update(ada, { visibility: { bio: 'ONLY_ME' }, searchVisibility: 'PRIVATE' });
  const query = '{ myAccount { visibility { bio location email search acquaintances } } }';
  expect((await identity.as(ada.viewer).run(query)).myAccount.visibility).toEqual({
    bio: 'ONLY_ME',
    location: 'SIGNED_IN',
    email: 'ONLY_ME',
    search: 'PRIVATE',
    acquaintances: 'PRIVATE',
  });
});

test('who keeps out of search is in no list', async () => {
  const shy = await insertPerson(identity.databaseUrl, 'DONOR');
  const list = '{ users(kind: DONOR, first: 100) { edges { node { id } } } }';
  const ids = async () =>
    (await identity.as().run(list)).users.edges.map(
      ({ node }: { node: { id: string } }) => node.id,
    );
  expect(await ids()).toContain(shy.viewer.id);
  await update(shy, { searchVisibility: 'PRIVATE' });
  expect(await ids()).not.toContain(shy.viewer.id);
});

test.each([
  [{ family: { householdSize: 51 } }, ['input', 'family', 'householdSize']],
  [{ family: { address: 'x'.repeat(301) } }, ['input', 'family', 'address']],
  [{ merchant: { tradeName: 'Mine' } }, ['input', 'merchant']],
  [{ officer: { badgeNumber: 'CV-1' } }, ['input', 'officer']],
  [{ location: 'a\nb' }, ['input', 'location']],
])('%j is refused for a family and changes nothing', async (input, path) => {
  const family = await settledFamily();
  expect(await update(family, { displayName: 'Changed', ...input })).toEqual({
    __typename: 'InvalidInput',
    code: 'INVALID_INPUT',
    path,
  });
  const query = 'query ($id: ID!) { user(id: $id) { displayName } }';
  const { user } = await identity.as().run(query, { id: family.viewer.id });
  expect(user.displayName).toBe('Test Person');
});

test('each kind changes what it states, and a badge is one officer’s', async () => {
  const officer = await insertPerson(identity.databaseUrl, 'OFFICER', { badge_number: 'UP-1' });
  const other = await insertPerson(identity.databaseUrl, 'OFFICER');
  const donor = await insertPerson(identity.databaseUrl, 'DONOR');
  expect(await update(other, { officer: { badgeNumber: 'UP-1' } })).toEqual({
    __typename: 'BadgeNumberTaken',
    code: 'BADGE_NUMBER_TAKEN',
    path: ['input', 'officer', 'badgeNumber'],
  });
  await update(officer, { officer: { department: 'B' } });
  await update(donor, { donor: { donorType: 'ORGANIZATION', anonymousByDefault: false } });
  const query = `query ($id: ID!) { user(id: $id) {
    ... on Officer { badgeNumber department } ... on Donor { donorType anonymousByDefault } } }`;
  const read = async (who: TestPerson) =>
    (await identity.as().run(query, { id: who.viewer.id })).user;
  expect(await read(officer)).toEqual({ badgeNumber: 'UP-1', department: 'B' });
  expect(await read(donor)).toEqual({ donorType: 'ORGANIZATION', anonymousByDefault: false });
});
