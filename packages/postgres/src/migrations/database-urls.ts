import { urlOfDatabase } from './postgres-client.ts';
import { databaseNameOf } from './subgraph-databases.ts';

/** Answers the URL of a subgraph's database, or `undefined` when the environment names none. */
export type DatabaseUrls = (subgraph: string) => string | undefined;

/**
 * Reads `<SUBGRAPH>_DATABASE_URL`, else derives the database from `DATABASE_URL`, whose own
 * database name is not used.
 */
export function readDatabaseUrls(env: Readonly<Record<string, string | undefined>>): DatabaseUrls {
  const base = env['DATABASE_URL'] || undefined;
  return (subgraph) =>
    env[`${subgraph.toUpperCase().replaceAll('-', '_')}_DATABASE_URL`] ||
    (base && urlOfDatabase(base, databaseNameOf(subgraph)));
}
