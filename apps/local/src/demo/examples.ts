import { readFileSync } from 'node:fs';
import { Client } from 'pg';
import { DEMO_PASSWORD } from './identity.ts';

/** Somebody of the demo town to sign in as. */
interface SignIn {
  readonly who: string;
  readonly email: string;
  readonly password: string;
}

interface Example {
  readonly title: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Refused to who is not signed in: a tab to try, and no line to copy. */
  readonly needsToken?: boolean;
}

export interface Examples {
  readonly signIns: readonly SignIn[];
  readonly queries: readonly Example[];
}

interface Row {
  readonly id: string;
  readonly kind: string;
  readonly handle: string;
  readonly display_name: string;
  readonly email: string;
}

/** The first of each kind and the administrator, by the numbers that demo handles end with. */
const PEOPLE = `
  SELECT u.id, u.kind, u.handle, u.display_name, a.email
  FROM "user" u JOIN account a ON a.user_id = u.id
  WHERE u.handle ~ '-[cmofd]1$' OR (u.handle ~ '-c2$' AND 'ADMINISTRATOR' = ANY (u.roles))
  ORDER BY u.kind, u.id`;

const operations = new URL('../../../../operations/', import.meta.url);

/** What to try first, with the ids of this installation; null when it has no demo data. */
export async function findExamples(identityUrl: string): Promise<Examples | null> {
  const client = new Client({ connectionString: identityUrl });
  await client.connect();
  const { rows } = await client.query<Row>(PEOPLE).finally(() => client.end());
  const [civilian] = rows.filter(({ email }) => /-c1@/.test(email));
  const [merchant] = rows.filter(({ kind }) => kind === 'MERCHANT');
  const [family] = rows.filter(({ kind }) => kind === 'FAMILY');
  if (!civilian || !merchant || !family) return null;
  return {
    signIns: rows.map(({ kind, display_name, email }) => ({
      who: `${display_name} (${/-c2@/.test(email) ? 'ADMINISTRATOR' : kind})`,
      email,
      password: DEMO_PASSWORD,
    })),
    queries: [
      {
        title: 'A civilian, a family and a merchant, from all five subgraphs',
        query: operation('town.graphql'),
        variables: { civilian: civilian.id, family: family.id, merchant: merchant.id },
      },
      {
        title: 'Who somebody is, by id and by handle',
        query: operation('civic/person.graphql'),
        variables: { id: merchant.id, handle: merchant.handle },
      },
      {
        title: 'All officers a civilian has met',
        query: operation('civic/officers-met.graphql'),
        variables: { civilian: civilian.id, first: 10 },
      },
      {
        title: 'All donations to a family',
        query: operation('civic/donations-to-family.graphql'),
        variables: { family: family.id, first: 10 },
      },
      {
        title: 'How many goods a merchant has sold',
        query: operation('civic/goods-sold.graphql'),
        variables: { merchant: merchant.id },
      },
      {
        title: 'What people write',
        query: operation('learn.graphql'),
        variables: {},
      },
      {
        title: 'Search in what people teach, typing error and all',
        query: operation('content/search.graphql'),
        variables: { query: 'algoritms', first: 5 },
      },
      {
        title: 'What has happened to a subject: versions, revisions, comments',
        query: operation('content/subject-story.graphql'),
        variables: { query: 'computer science' },
      },
      {
        title: 'Pictures of a topic and of its author, and how one is attached',
        query: operation('content/pictures.graphql'),
        variables: { query: 'mind map chapters belong together' },
      },
      {
        title: 'Sign in',
        query: operation('sign-in.graphql'),
        variables: { input: { email: civilian.email, password: DEMO_PASSWORD } },
      },
      {
        title:
          'What a policy lets be read, and what not: without a token, with a civilian’s, with the administrator’s',
        query: operation('civic/waiting-verifications.graphql'),
        variables: { first: 5 },
        needsToken: true,
      },
    ],
  };
}

function operation(file: string): string {
  return readFileSync(new URL(file, operations), 'utf8');
}
