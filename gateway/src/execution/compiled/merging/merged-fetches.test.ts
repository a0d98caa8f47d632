import { CivitasError } from '@civitas/platform/errors';
import type { SubgraphRequest, SubgraphTransport } from '@civitas/platform/subgraph';
import { parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { createGateway } from '../../../create-gateway.ts';
import { compose, miniSubgraph, silent } from '../../../testing/compose.ts';
import { inProcessTransport } from '../../transports/in-process.ts';
import { combineOperations } from './combine-operations.ts';

type Id = { readonly id: string };

const shelf = miniSubgraph(
  'shelf',
  `type Query { book(id: ID!): Book books: [Book] film: Film }
   type Book @key(fields: "id") { id: ID! }
   type Film @key(fields: "id") { id: ID! }`,
  {
    Query: {
      book: (_: unknown, { id }: Id) => ({ id }),
      books: () => [{ id: 'b1' }, { id: 'b2' }, { id: 'b1' }],
      film: () => ({ id: 'f1' }),
    },
  },
);
const price = miniSubgraph(
  'price',
  `type Book @key(fields: "id") { id: ID! price(factor: Int = 1): Int failing: Int twin: Book }
   type Film @key(fields: "id") { id: ID! price(factor: Int = 1): Int }`,
  {
    Book: {
      price: ({ id }: Id, { factor }: { factor: number }) => Number(id.slice(1)) * factor,
      failing: ({ id }: Id) => {
        if (id === 'b1') throw new CivitasError('CONFLICT');
        return 1;
      },
      twin: () => ({ id: 'b9' }),
    },
    Film: { price: (_: unknown, { factor }: { factor: number }) => 70 * factor },
  },
);
const supergraphSdl = compose([shelf, price]);

type Execute = SubgraphTransport['execute'];

/** A gateway that keeps what it asked of `price`, and lets a test answer in its place. */
async function shop(instead: (execute: Execute) => Execute = (execute) => execute) {
  const asked: SubgraphRequest[] = [];
  const transport = inProcessTransport(price);
  const execute = instead(transport.execute);
  const gateway = await createGateway({
    supergraphSdl,
    transports: new Map([
      ['shelf', inProcessTransport(shelf)],
      [
        'price',
        {
          ...transport,
          execute: (request, origin) => {
            asked.push(request);
            return execute(request, origin);
          },
        },
      ],
    ]),
    verifyAccessToken: async () => ({ type: 'anonymous' }),
    log: silent,
    introspection: true,
  });
  const answer = async (query: string, variables?: Record<string, unknown>) =>
    (await gateway.execute({ query, variables })).result;
  return { asked, answer };
}

const isCombined = ({ query }: SubgraphRequest) => query.includes('e1:_entities');

describe('entity fetches of one subgraph that can start together', () => {
  test('are one request, whose lists have each entity once', async () => {
    const { asked, answer } = await shop();
    const query = '{ book(id: "b2") { price } books { price } film { price } }';
    expect(await answer(query)).toEqual({
      data: {
        book: { price: 2 },
        books: [{ price: 1 }, { price: 2 }, { price: 1 }],
        film: { price: 70 },
      },
    });
    expect(asked).toHaveLength(1);
    const lists = Object.values(asked[0]?.variables ?? {}) as { id: string }[][];
    expect(lists.map((list) => list.map(({ id }) => id).sort())).toEqual([['b1', 'b2'], ['f1']]);
    // What a network carries says the same as the objects.
    const { query: sent, variables } = JSON.parse(asked[0]?.json ?? '');
    expect({ sent, variables }).toEqual({ sent: asked[0]?.query, variables: asked[0]?.variables });
  });

  test('keep the client’s variables', async () => {
    const { asked, answer } = await shop();
    const query =
      'query ($a: Int!, $b: Int) { books { price(factor: $a) } film { price(factor: $b) } }';
    expect(await answer(query, { a: 3 })).toEqual({
      data: { books: [{ price: 3 }, { price: 6 }, { price: 3 }], film: { price: 70 } },
    });
    expect(asked).toHaveLength(1);
  });

  test('do not share objects that are completed further, each in its own way', async () => {
    const { answer } = await shop();
    const twin = (factor: number) => `twin { n: price(factor: ${factor}) }`;
    const query = `{ a: book(id: "b1") { ${twin(1)} } b: book(id: "b1") { ${twin(2)} } }`;
    expect(await answer(query)).toEqual({
      data: { a: { twin: { n: 9 } }, b: { twin: { n: 18 } } },
    });
  });

  test('fail each at its own places, with its own code', async () => {
    const { asked, answer } = await shop();
    const { data, errors } = await answer(
      '{ book(id: "b1") { failing } books { failing } film { price } }',
    );
    expect(data).toEqual({
      book: { failing: null },
      books: [{ failing: null }, { failing: 1 }, { failing: null }],
      film: { price: 70 },
    });
    expect(errors?.map(({ path }) => path?.join('.')).sort()).toEqual([
      'book.failing',
      'books.0.failing',
      'books.2.failing',
    ]);
    expect(errors?.every(({ extensions }) => extensions?.['code'] === 'CONFLICT')).toBe(true);
    expect(asked).toHaveLength(1);
  });

  test('are asked one by one, from then on, where a subgraph will not answer them together', async () => {
    const { asked, answer } = await shop((execute) => async (request, origin) => {
      if (isCombined(request)) return { errors: [{ message: 'Too many aliases.' }] };
      return execute(request, origin);
    });
    const query = '{ books { price } film { price } }';
    const data = { books: [{ price: 1 }, { price: 2 }, { price: 1 }], film: { price: 70 } };
    expect(await answer(query)).toEqual({ data });
    expect(asked.map(isCombined)).toEqual([true, false, false]);
    expect(await answer(query)).toEqual({ data });
    expect(asked.slice(3).map(isCombined)).toEqual([false, false]);
  });

  test('are missing at all their places when there is no answer, and are not sent again', async () => {
    const { asked, answer } = await shop(() => async () => {
      throw new CivitasError('SUBGRAPH_UNAVAILABLE');
    });
    const { data, errors } = await answer('{ book(id: "b1") { price } film { price } }');
    expect(data).toEqual({ book: { price: null }, film: { price: null } });
    expect(errors?.map(({ path }) => path?.join('.')).sort()).toEqual(['book', 'film']);
    expect(asked).toHaveLength(1);
  });

  test('believe no list of another length, and keep the other', async () => {
    const { answer } = await shop((execute) => async (request, origin) => {
      const result = await execute(request, origin);
      return { ...result, data: { ...result.data, e0: [] } };
    });
    const { data, errors } = await answer('{ book(id: "b1") { price } film { price } }');
    expect(data).toEqual({ book: { price: null }, film: { price: 70 } });
    expect(errors).toMatchObject([
      { path: ['book'], extensions: { code: 'INTERNAL_SERVER_ERROR' } },
    ]);
  });
});

describe('operations combined', () => {
  const operation = (fields: string) =>
    `query($representations:[_Any!]!){_entities(representations:$representations){...F}} fragment F on Book{${fields}}`;

  test('keep fragments of the same name apart', () => {
    const combined = combineOperations([operation('price'), operation('failing')]);
    expect(validate(price.schema, parse(combined?.query ?? ''))).toEqual([]);
    expect(combined?.query).toMatch(/price.*failing/s);
  });

  test('are left alone when they are not of the usual form', () => {
    expect(combineOperations([operation('price'), '{ __typename }'])).toBeUndefined();
  });
});
