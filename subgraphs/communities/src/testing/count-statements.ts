import { recordStatements } from '@civitas/testkit';

/** The SQL that was sent while `work` ran, without that of the relay, which has its own pace. */
export async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  return (await recordStatements(work)).filter((text) => !/\boutbox\b/.test(text));
}
