import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'undici';

// What a person would write for the nested query alone: the fetches of the plan, no GraphQL. The
// limit of what a general gateway on Node can reach.

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

const [origin = ''] = process.argv.slice(2);
const pool = new Pool(origin, { connections: 64, pipelining: 1 });

async function ask<T>(subgraph: string, query: string, variables?: object): Promise<T> {
  const { body } = await pool.request({
    method: 'POST',
    path: `/${subgraph}`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  return JSON.parse(await body.text()).data;
}

async function complete<T extends object>(
  subgraph: string,
  selection: string,
  targets: readonly T[],
  keyOf: (target: T) => string,
  represent: (target: T) => object,
): Promise<void> {
  const unique = new Map(targets.map((target) => [keyOf(target), target]));
  const query = `query($representations:[_Any!]!){_entities(representations:$representations){${selection}}}`;
  const representations = [...unique.values()].map(represent);
  const { _entities } = await ask<{ _entities: object[] }>(subgraph, query, { representations });
  const byKey = new Map([...unique.keys()].map((key, index) => [key, _entities[index]]));
  for (const target of targets) Object.assign(target, byKey.get(keyOf(target)));
}

const upcOf = ({ upc }: Product) => upc;
const idOf = ({ id }: User) => id;
const product = ({ upc }: Product) => ({ __typename: 'Product', upc });
const priced = ({ upc, price, weight }: Product) => ({ __typename: 'Product', price, weight, upc });
const user = ({ id }: User) => ({ __typename: 'User', id });

const names = (users: readonly User[]) =>
  complete('accounts', '...on User{name}', users, idOf, user);
const inStock = (products: readonly Product[]) =>
  complete('inventory', '...on Product{inStock}', products, upcOf, product);
async function details(products: readonly Product[]): Promise<void> {
  await complete('products', '...on Product{name price weight}', products, upcOf, product);
  await complete('inventory', '...on Product{shippingEstimate}', products, upcOf, priced);
}

const OF_REVIEW = 'id body author{id username reviews{id body product{upc}}}';
const authorsOf = (products: readonly Product[]) =>
  products.flatMap(({ reviews = [] }) => reviews.map(({ author }) => author as User));
const productsOf = (users: readonly User[]) =>
  users.flatMap(({ reviews = [] }) => reviews.map((review) => review.product as Product));

async function fromUsers(): Promise<User[]> {
  const { users } = await ask<{ users: User[] }>('accounts', '{users{id username name}}');
  await complete(
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
    details(products),
    inStock(products),
    names(authors),
    details(inner),
    inStock(inner),
  ]);
  return users;
}

async function fromProducts(): Promise<Product[]> {
  const { topProducts } = await ask<{ topProducts: Product[] }>(
    'products',
    '{topProducts{name price upc weight}}',
  );
  const below = async () => {
    await complete('reviews', `...on Product{reviews{${OF_REVIEW}}}`, topProducts, upcOf, product);
    const authors = authorsOf(topProducts);
    const inner = productsOf(authors);
    await Promise.all([names(authors), details(inner), inStock(inner)]);
  };
  await Promise.all([
    below(),
    complete('inventory', '...on Product{inStock shippingEstimate}', topProducts, upcOf, priced),
  ]);
  return topProducts;
}

const server = createServer((request, response) => {
  request.resume();
  request.on('end', async () => {
    const [users, topProducts] = await Promise.all([fromUsers(), fromProducts()]);
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
