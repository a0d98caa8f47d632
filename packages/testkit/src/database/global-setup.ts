import type { TestProject } from 'vitest/node';
import './provided-context.ts';
import { startTestPostgres } from './test-postgres.ts';

/**
 * vitest `globalSetup`: one Postgres per run, embedded unless `TEST_DATABASE_URL` names a server
 * (any database of it, by a role that may create databases).
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { stop, ...address } = await startTestPostgres({ url: process.env['TEST_DATABASE_URL'] });
  project.provide('testPostgres', address);
  return stop;
}
