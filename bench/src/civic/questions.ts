import type { Kind } from './population.ts';
import type { Asked } from './subgraphs.ts';

/** One of the four questions, as a subgraph is asked for some parents at once. */
export interface Question {
  readonly name: string;
  readonly subgraph: Asked;
  /** Of whom it is asked, and what a reference to one is called there. */
  readonly kind: Kind;
  readonly type: string;
  /** With `$of`, the representations, and `$after` where it is a list. */
  readonly query: string;
  /** The list whose pages are turned. */
  readonly list?: string;
  /** How one would ask without the index, the counter or the batch: for one parent `$1`. */
  readonly naive: string;
  readonly naiveName: string;
  /** A page of the list by its number of rows to skip, `$2`. */
  readonly naivePage?: string;
}

const entities = (fields: string) =>
  `query ($of: [_Any!]!, $after: String) { _entities(representations: $of) { ${fields} } }`;

const DONATIONS = `SELECT * FROM donation JOIN entry ON entry.id = entry_id WHERE family_id = $1
  ORDER BY donated_at DESC, donation.id DESC`;

export const QUESTIONS: readonly Question[] = [
  {
    name: '1 person',
    subgraph: 'identity',
    kind: 'MERCHANT',
    type: 'Merchant',
    query: `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Merchant {
      id displayName handle bio joinedAt tradeName category verified } } }`,
    naive: 'SELECT * FROM "user" WHERE id = $1',
    naiveName: 'one statement per parent',
  },
  {
    name: '2 officers met',
    subgraph: 'identity',
    kind: 'CIVILIAN',
    type: 'Civilian',
    query: entities(`... on Civilian { list: officersMet(first: 20, after: $after) {
      edges { metCount firstMetAt lastMetAt node { id displayName department } }
      pageInfo { endCursor hasNextPage } } }`),
    list: 'officersMet',
    naive: `SELECT officer_id, count(*), min(occurred_at), max(occurred_at) FROM encounter
      WHERE civilian_id = $1 GROUP BY officer_id
      ORDER BY max(occurred_at) DESC, officer_id DESC LIMIT 21`,
    naiveName: 'encounters counted, one statement per parent',
    naivePage: `SELECT * FROM acquaintance JOIN "user" ON "user".id = officer_id WHERE civilian_id = $1
      ORDER BY last_met_at DESC, officer_id DESC LIMIT 21 OFFSET $2`,
  },
  {
    name: '3 donations received',
    subgraph: 'finance',
    kind: 'FAMILY',
    type: 'User',
    query: entities(`... on User { list: donationsReceived(first: 20, after: $after) {
      edges { node { id amount { amountMinor } anonymous message donatedAt donor { id } } }
      pageInfo { endCursor hasNextPage } } }`),
    list: 'donationsReceived',
    naive: `${DONATIONS} LIMIT 21`,
    naiveName: 'one statement per parent',
    naivePage: `${DONATIONS} LIMIT 21 OFFSET $2`,
  },
  {
    name: '4 goods sold',
    subgraph: 'marketplace',
    kind: 'MERCHANT',
    type: 'User',
    query: `query ($of: [_Any!]!) {
      _entities(representations: $of) { ... on User { goodsSold { units orders } } } }`,
    naive:
      'SELECT sum(units), count(*) FROM "order" WHERE merchant_id = $1 AND counts_as_sold(status)',
    naiveName: 'orders counted, one statement per parent',
  },
];
