import type { SubgraphRequest } from '@civitas/platform/subgraph';
import type { FormattedExecutionResult } from 'graphql';
import type { CachingTransport } from '../../../caching/caching-transport.ts';
import { isData } from '../data.ts';
import type { EntityPart } from '../entity-fetch.ts';
import { type Combination, combinationOf } from './combinations.ts';
import { type Asked, uniteParts } from './unite-parts.ts';
import type { UnitedPart } from './united-part.ts';

/** Together they would be a body that takes a subgraph longer to read than two requests. */
const MAX_COMBINED_CHARACTERS = 256 * 1024;

/**
 * Asks one subgraph for the entities of one or more parts: in one request where it can, and not for
 * those that the run has asked for. Never rejects; what goes wrong is in the execution's errors,
 * with the paths of each part.
 */
export function askForEntities(
  parts: readonly EntityPart[],
  asked: Asked = new Map(),
): Promise<unknown> {
  const { fresh, joined } = uniteParts(parts, asked);
  const sent = ask(fresh);
  for (const list of fresh) list.whenDone = sent;
  if (joined.length === 0) return sent;
  return Promise.all([sent, ...joined.map(({ whenDone }) => whenDone)]);
}

/** What may be remembered is asked for alone: a text of its own is what it is remembered by. */
function ask(lists: readonly UnitedPart[]): Promise<unknown> {
  if (lists.length === 1) return askAlone(lists[0] as UnitedPart);
  const remembered = lists.filter(isRemembered);
  if (remembered.length === 0) return askSeveral(lists);
  const others = lists.filter((list) => !remembered.includes(list));
  return Promise.all([...remembered.map(askAlone), askSeveral(others)]);
}

function isRemembered({ fetch, execution }: UnitedPart): boolean {
  const transport = fetch.transport as Partial<Pick<CachingTransport, 'isRemembered'>>;
  const mayBe = execution.origin.mayBeRemembered && transport.isRemembered;
  return mayBe ? mayBe(fetch.node.operation) : false;
}

function askSeveral(lists: readonly UnitedPart[]): Promise<unknown> {
  const [first, ...others] = lists;
  if (!first) return Promise.resolve();
  if (others.length === 0) return askAlone(first);
  const combination = isSmall(lists) ? combinationOf(lists.map(({ fetch }) => fetch)) : undefined;
  return combination ? askTogether(lists, combination) : Promise.all(lists.map(askAlone));
}

async function askAlone(list: UnitedPart): Promise<void> {
  const { fetch, execution } = list;
  const answer = await answerTo(fetch.makeRequest(execution, [list]), [list]);
  if (answer) settle(list, answer, '_entities', answer.errors ?? []);
}

/** A subgraph that answers nothing to all may still answer something to each. */
async function askTogether(
  lists: readonly UnitedPart[],
  { makeRequest, keys, refuse }: Combination,
): Promise<unknown> {
  const { execution } = lists[0] as UnitedPart;
  const answer = await answerTo(makeRequest(execution, lists), lists);
  if (!answer) return undefined;
  if (!isData(answer.data)) {
    refuse();
    return Promise.all(lists.map(askAlone));
  }
  const { errors = [] } = answer;
  for (const [index, list] of lists.entries()) {
    const key = keys[index] as string;
    const others = (at: unknown) => at !== key && keys.includes(at as string);
    const own = errors.length > 0 ? errors.filter(({ path }) => !others(path?.[0])) : errors;
    settle(list, answer, key, own);
  }
  return undefined;
}

async function answerTo(
  request: SubgraphRequest,
  lists: readonly UnitedPart[],
): Promise<FormattedExecutionResult | undefined> {
  const { fetch, execution } = lists[0] as UnitedPart;
  try {
    return await fetch.transport.execute(request, execution.origin);
  } catch (failure) {
    for (const list of lists) list.settle({ key: '', errors: [], failure });
    return undefined;
  }
}

function settle(
  list: UnitedPart,
  { data }: FormattedExecutionResult,
  key: string,
  errors: NonNullable<FormattedExecutionResult['errors']>,
): void {
  // A list that is missing among data is an answer that does not fit, as is one that is too short.
  const entities = isData(data) ? (data[key] ?? null) : undefined;
  list.settle({ entities, key, errors });
}

function isSmall(lists: readonly UnitedPart[]): boolean {
  let characters = 0;
  for (const { texts } of lists) for (const text of texts) characters += text.length;
  return characters <= MAX_COMBINED_CHARACTERS;
}
