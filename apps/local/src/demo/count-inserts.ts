import type { ClientBase, QueryResult } from 'pg';

/** The same connection, telling after every statement how many rows have been inserted so far. */
export function countInserts(client: ClientBase, onRows: (total: number) => void): ClientBase {
  let total = 0;
  return new Proxy(client, {
    get(target, property) {
      if (property !== 'query') return Reflect.get(target, property, target);
      return async (...args: Parameters<ClientBase['query']>) => {
        // One overload of `query` answers nothing and takes a callback; the loaders do not use it.
        const result = await (target.query(...args) as unknown as Promise<QueryResult>);
        if (result.command === 'INSERT') {
          total += result.rowCount ?? 0;
          onRows(total);
        }
        return result;
      };
    },
  });
}
