import type { CursorList } from './cursor.ts';

export interface PageInfo {
  readonly hasNextPage: boolean;
  readonly endCursor: string | null;
}

export type Edge<Node, Extra = unknown> = { readonly node: Node; readonly cursor: string } & Extra;

/** A Relay connection, forward only. See https://relay.dev/graphql/connections.htm. */
export interface Connection<Node, Extra = unknown> {
  readonly edges: readonly Edge<Node, Extra>[];
  readonly pageInfo: PageInfo;
}

/**
 * Makes a connection of rows fetched with `limit first + 1`, in list order.
 *
 * @param describe gives each row its sort key, its node, and fields of the edge besides.
 */
export function toConnection<
  Row,
  Key extends readonly [unknown, ...unknown[]],
  Node,
  Extra extends object,
>(
  list: CursorList<Key>,
  rows: readonly Row[],
  first: number,
  describe: (row: Row) => {
    readonly key: Key;
    readonly node: Node;
    readonly edge?: Extra;
  },
): Connection<Node, Extra> {
  const edges = rows.slice(0, first).map((row) => {
    const { key, node, edge } = describe(row);
    return { ...edge, node, cursor: list.encode(key) } as Edge<Node, Extra>;
  });
  return {
    edges,
    pageInfo: { hasNextPage: rows.length > first, endCursor: edges.at(-1)?.cursor ?? null },
  };
}
