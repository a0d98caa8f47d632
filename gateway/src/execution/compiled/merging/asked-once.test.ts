import type { SubgraphRequest } from '@civitas/platform/subgraph';
import { beforeEach, expect, test } from 'vitest';
import { createGateway } from '../../../create-gateway.ts';
import { compose, miniSubgraph, silent } from '../../../testing/compose.ts';
import { inProcessTransport } from '../../transports/in-process.ts';

type Id = { readonly id: string };

const PEOPLE = ['p1', 'p2', 'p3'].map((id) => ({ id }));
let birthdays = 0;

const people = miniSubgraph(
  'people',
  `type Query { me: Person people: [Person] }
   type Mutation { growOld: Person }
   type Person @key(fields: "id") { id: ID! name: String }`,
  {
    Query: { me: () => ({ id: 'p1' }), people: () => PEOPLE },
    Mutation: {
      growOld: () => {
        birthdays += 1;
        return { id: 'p1' };
      },
    },
    Person: { name: ({ id }: Id) => (id === 'p3' ? null : `name of ${id}`) },
  },
);
let moods = 0;
const bonds = miniSubgraph(
  'bonds',
  `type Mutation { befriend: Person }
   type Person @key(fields: "id") { id: ID! friend: Person friends: [Person] mood: Int }`,
  {
    Mutation: { befriend: () => ({ id: 'p1' }) },
    Person: {
      friend: ({ id }: Id) => ({ id: id === 'p1' ? 'p2' : 'p1' }),
      friends: () => PEOPLE,
      // Says something else every time: no two places are alike.
      mood: () => (moods += 1),
    },
  },
);
const ages = miniSubgraph(
  'ages',
  'type Person @key(fields: "id") { id: ID! age: Int failing: Int }',
  {
    Person: {
      age: ({ id }: Id) => Number(id.slice(1)) * 10 + birthdays,
      failing: ({ id }: Id) => {
        if (id === 'p2') throw new Error('no');
        return 1;
      },
    },
  },
);

const asked: SubgraphRequest[] = [];
const subgraphs = [people, bonds, ages];
const gateway = await createGateway({
  supergraphSdl: compose(subgraphs),
  transports: new Map(
    subgraphs.map((subgraph) => {
      const transport = inProcessTransport(subgraph);
      const execute: typeof transport.execute = (request, origin) => {
        if (subgraph === ages) asked.push(request);
        return transport.execute(request, origin);
      };
      return [subgraph.name, { ...transport, execute }];
    }),
  ),
  verifyAccessToken: async () => ({ type: 'anonymous' }),
  log: silent,
  introspection: true,
});

/** The answer as the HTTP door has it written, which must be that of the shape. */
async function answer(query: string) {
  const { text } = await gateway.execute({ query, asText: true });
  return JSON.parse(text ?? 'null');
}

const askedFor = () =>
  asked.map(({ variables = {} }) => (variables['representations'] as Id[]).map(({ id }) => id));

beforeEach(() => {
  asked.length = 0;
  birthdays = 0;
});

test('an entity that a query has asked about is not asked about again', async () => {
  expect(await answer('{ me { age friend { age friend { age } } } }')).toEqual({
    data: { me: { age: 10, friend: { age: 20, friend: { age: 10 } } } },
  });
  expect(askedFor()).toEqual([['p1'], ['p2']]);
});

test('after a mutation everything is asked about anew', async () => {
  const query = 'mutation { a: growOld { age } befriend { age } b: growOld { age } }';
  expect(await answer(query)).toEqual({
    data: { a: { age: 11 }, befriend: { age: 11 }, b: { age: 12 } },
  });
  expect(askedFor()).toEqual([['p1'], ['p1'], ['p1']]);
});

test('objects that say the same are completed once and stand at all their places', async () => {
  const whole = (person: Id) => ({ name: person.id === 'p3' ? null : `name of ${person.id}` });
  const aged = (person: Id) => ({ ...whole(person), age: Number(person.id.slice(1)) * 10 });
  const query = '{ people { friends { name age friends { name age } } } }';
  const friends = PEOPLE.map((person) => ({ ...aged(person), friends: PEOPLE.map(aged) }));
  expect(await answer(query)).toEqual({ data: { people: PEOPLE.map(() => ({ friends })) } });
  expect(askedFor()).toEqual([['p1', 'p2', 'p3']]);
});

test('objects of one entity that do not say the same stay apart', async () => {
  moods = 0;
  const query = '{ people { friends { mood name } } }';
  const { data } = await answer(query);
  const seen = data.people.flatMap(({ friends }: { friends: { mood: number }[] }) =>
    friends.map(({ mood }) => mood),
  );
  expect(seen.toSorted((a: number, b: number) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(data.people[2].friends[1].name).toBe('name of p2');
});

test('what fails is an error at every place, also where it was asked about earlier', async () => {
  const { data, errors } = await answer('{ me { friend { failing friends { failing } } } }');
  expect(data.me.friend).toEqual({
    failing: null,
    friends: [{ failing: 1 }, { failing: null }, { failing: 1 }],
  });
  const paths = errors.map(({ path }: { path: unknown[] }) => path.join('.')).sort();
  expect(paths).toEqual(['me.friend.failing', 'me.friend.friends.1.failing']);
});
