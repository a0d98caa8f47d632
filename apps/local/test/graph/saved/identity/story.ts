import type { TestProvider } from '@civitas/identity/testing';
import type { TestGraph } from '../../use-graph.ts';
import type { Doer, savedOperations } from '../saved-operations.ts';

/** What somebody proves first, and from the chapter on in which it is changed. */
export const FIRST_PASSWORD = 'a passphrase of many words';
export const PASSWORD = `${FIRST_PASSWORD}, changed`;

/** What the chapters of the story know: a merchant who has just registered. */
export interface Story {
  readonly graph: TestGraph;
  readonly provider: TestProvider;
  readonly saved: ReturnType<typeof savedOperations>;
  readonly anybody: Doer;
  readonly admin: Doer;
  readonly me: Doer;
  readonly id: string;
  /** Her handle at first; the beginning of all names that have to be hers alone. */
  readonly name: string;
}

/** What somebody of the town does. */
export async function townsman({ graph, saved }: Story, handle = ''): Promise<Doer> {
  return saved.by(graph, await graph.signIn(handle));
}

/** Where her mail goes: at first, and after she has changed it. */
export const addressesOf = ({ name }: Pick<Story, 'name'>) => ({
  first: `${name}@example.org`,
  now: `new-${name}@example.org`,
});
