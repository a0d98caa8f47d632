import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { signInternalToken, VIEWER_HEADER } from '@civitas/platform/subgraph';
import { Pool } from 'undici';

// What a person would write for the nested query alone: the fetches of the plan, no GraphQL. The
// limit of what a general gateway on Node can reach. With `same`, the fetches are those that civitas
// sends: signed, and no entity asked about twice.

interface Product {
  upc: string;
  name?: string;
  price?: number;
  weight?: number;
  inStock?: boolean;
  shippingEstimate?: number;
  reviews?: Review[];
}
interface User {
  id: string;
  username: string;
  name?: string;
  reviews?: Review[];
}
interface Review {
  id: string;
  body: string;
  author?: User;
  product?: Product;
}

const [origin = '', mode = ''] = process.argv.slice(2);
const isSame = mode === 'same';
const secret = 'a secret of the benchmark, long enough';
const viewer = { type: 'anonymous' } as const;
let requests = 0;
const pool = new Pool(origin, { connections: 64, pipelining: 1 });

async function ask<T>(subgraph: string, query: string, variables?: object): Promise<T> {
  const json = JSON.stringify({ query, variables });
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (isSame) {
    const claims = { viewer, requestId: `request-${requests}`, audience: subgraph, body: json };
    headers[VIEWER_HEADER] = await signInternalToken(claims, secret);
  }
  const { body } = await pool.request({
    method: 'POST',
    path: `/${subgraph}`,
    headers,
    body: json,
  });
  return JSON.parse(await body.text()).data;
}

/** The entities of one request: those of one turn are asked for together, none of them twice. */
type Asked = Map<
  string,
  { waiting?: object[] | undefined; readonly entities: Map<string, Promise<object>> }
>;

async function entitiesOf(
  subgraph: string,
  selection: string,
  representations: readonly object[],
): Promise<readonly object[]> {
  const query = `query($representations:[_Any!]!){_entities(representations:$representations){${selection}}}`;
  const { _entities } = await ask<{ _entities: object[] }>(subgraph, query, { representations });
  return _entities;
}

function entityOf(
  asked: Asked,
  subgraph: string,
  selection: string,
  key: string,
  representation: object,
): Promise<object> {
  const known = asked.get(selection) ?? { entities: new Map<string, Promise<object>>() };
  asked.set(selection, known);
  const promised = known.entities.get(key);
  if (promised) return promised;
  known.waiting ??= startWaiting(known, subgraph, selection);
  const { waiting } = known;
  const index = waiting.push(representation) - 1;
  const promise = (answers.get(waiting) as Promise<readonly object[]>).then(
    (entities) => entities[index] as object,
  );
  known.entities.set(key, promise);
  return promise;
}

const answers = new WeakMap<object[], Promise<readonly object[]>>();

function startWaiting(
  known: { waiting?: object[] | undefined },
  subgraph: string,
  selection: string,
): object[] {
  const waiting: object[] = [];
  const turn = new Promise<void>((resolve) => process.nextTick(resolve));
  answers.set(
    waiting,
    turn.then(() => {
      known.waiting = undefined;
      return entitiesOf(subgraph, selection, waiting);
    }),
  );
  return waiting;
}

async function complete<T extends object>(
  asked: Asked,
  subgraph: string,
  selection: string,
  targets: readonly T[],
  keyOf: (target: T) => string,
  represent: (target: T) => object,
): Promise<void> {
  const unique = new Map(targets.map((target) => [keyOf(target), target]));
  const found = isSame
    ? await Promise.all(
        [...unique].map(([key, target]) =>
          entityOf(asked, subgraph, selection, key, represent(target)),
        ),
      )
    : await entitiesOf(subgraph, selection, [...unique.values()].map(represent));
  const byKey = new Map([...unique.keys()].map((key, index) => [key, found[index]]));
  for (const target of targets) Object.assign(target, byKey.get(keyOf(target)));
}

const upcOf = ({ upc }: Product) => upc;
const idOf = ({ id }: User) => id;
const product = ({ upc }: Product) => ({ __typename: 'Product', upc });
const priced = ({ upc, price, weight }: Product) => ({ __typename: 'Product', price, weight, upc });
const user = ({ id }: User) => ({ __typename: 'User', id });

const names = (asked: Asked, users: readonly User[]) =>
  complete(asked, 'accounts', '...on User{name}', users, idOf, user);
const inStock = (asked: Asked, products: readonly Product[]) =>
  complete(asked, 'inventory', '...on Product{inStock}', products, upcOf, product);
async function details(asked: Asked, products: readonly Product[]): Promise<void> {
  await complete(asked, 'products', '...on Product{name price weight}', products, upcOf, product);
  await complete(asked, 'inventory', '...on Product{shippingEstimate}', products, upcOf, priced);
}

const OF_REVIEW = 'id body author{id username reviews{id body product{upc}}}';
const authorsOf = (products: readonly Product[]) =>
  products.flatMap(({ reviews = [] }) => reviews.map(({ author }) => author as User));
const productsOf = (users: readonly User[]) =>
  users.flatMap(({ reviews = [] }) => reviews.map((review) => review.product as Product));

async function fromUsers(asked: Asked): Promise<User[]> {
  const { users } = await ask<{ users: User[] }>('accounts', '{users{id username name}}');
  await complete(
    asked,
    'reviews',
    `...on User{reviews{id body product{upc reviews{${OF_REVIEW}}}}}`,
    users,
    idOf,
    user,
  );
  const products = productsOf(users);
  const authors = authorsOf(products);
  const inner = productsOf(authors);
  await Promise.all([
    details(asked, products),
    inStock(asked, products),
    names(asked, authors),
    details(asked, inner),
    inStock(asked, inner),
  ]);
  return users;
}

async function fromProducts(asked: Asked): Promise<Product[]> {
  const { topProducts } = await ask<{ topProducts: Product[] }>(
    'products',
    '{topProducts{name price upc weight}}',
  );
  const below = async () => {
    await complete(
      asked,
      'reviews',
      `...on Product{reviews{${OF_REVIEW}}}`,
      topProducts,
      upcOf,
      product,
    );
    const authors = authorsOf(topProducts);
    const inner = productsOf(authors);
    await Promise.all([names(asked, authors), details(asked, inner), inStock(asked, inner)]);
  };
  await Promise.all([
    below(),
    complete(
      asked,
      'inventory',
      '...on Product{inStock shippingEstimate}',
      topProducts,
      upcOf,
      priced,
    ),
  ]);
  return topProducts;
}

const server = createServer((request, response) => {
  request.resume();
  request.on('end', async () => {
    requests += 1;
    const asked: Asked = new Map();
    const [users, topProducts] = await Promise.all([fromUsers(asked), fromProducts(asked)]);
    const body = JSON.stringify({ data: { users, topProducts } });
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    });
    response.end(body);
  });
});
server.listen(0, '127.0.0.1', () => {
  console.log(`ready http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`);
});
