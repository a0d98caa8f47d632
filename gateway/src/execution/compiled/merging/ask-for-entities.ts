import type { SubgraphRequest } from '@civitas/platform/subgraph';
import type { FormattedExecutionResult } from 'graphql';
import { isData } from '../data.ts';
import type { EntityPart } from '../entity-fetch.ts';
import { fetchError } from '../fetch-errors.ts';
import { beforeLists } from '../places.ts';
import { type Combination, combinationOf } from './combinations.ts';
import { type UnitedPart, uniteParts } from './unite-parts.ts';

type Errors = NonNullable<FormattedExecutionResult['errors']>;

/** Together they would be a body that takes a subgraph longer to read than two requests. */
const MAX_COMBINED_CHARACTERS = 256 * 1024;

/**
 * Asks one subgraph for the entities of one or more parts: in one request where it can. Never
 * rejects; what goes wrong is in the execution's errors, with the paths of each part.
 */
export function askForEntities(parts: readonly EntityPart[]): Promise<unknown> {
  if (parts.length === 1) return askAlone({ ...(parts[0] as EntityPart), parts });
  const united = uniteParts(parts);
  if (united.length === 1) return askAlone(united[0] as UnitedPart);
  const combination = isSmall(united)
    ? combinationOf(united.map((each) => firstOf(each).fetch))
    : undefined;
  return combination ? askTogether(united, combination) : Promise.all(united.map(askAlone));
}

async function askAlone(united: UnitedPart): Promise<void> {
  const { fetch, execution } = firstOf(united);
  const answer = await answerTo(fetch.makeRequest(execution, [united]), united.parts);
  if (answer) receive(united, answer, '_entities', answer.errors ?? []);
}

/** A subgraph that answers nothing to all may still answer something to each. */
async function askTogether(
  united: readonly UnitedPart[],
  { makeRequest, keys, refuse }: Combination,
): Promise<unknown> {
  const { execution } = firstOf(united[0] as UnitedPart);
  const parts = united.flatMap((each) => each.parts);
  const answer = await answerTo(makeRequest(execution, united), parts);
  if (!answer) return undefined;
  if (!isData(answer.data)) {
    refuse();
    return Promise.all(united.map(askAlone));
  }
  const { errors = [] } = answer;
  for (const [index, each] of united.entries()) {
    const key = keys[index] as string;
    const others = (at: unknown) => at !== key && keys.includes(at as string);
    const own = errors.length > 0 ? errors.filter(({ path }) => !others(path?.[0])) : errors;
    receive(each, answer, key, own);
  }
  return undefined;
}

async function answerTo(
  request: SubgraphRequest,
  parts: readonly EntityPart[],
): Promise<FormattedExecutionResult | undefined> {
  const { fetch, execution } = parts[0] as EntityPart;
  try {
    return await fetch.transport.execute(request, execution.origin);
  } catch (cause) {
    for (const part of parts) reportFailure(part, cause);
    return undefined;
  }
}

function receive(
  { parts, texts }: UnitedPart,
  { data }: FormattedExecutionResult,
  key: string,
  errors: Errors,
): void {
  for (const error of errors) {
    const [root, index, ...below] = error.path ?? [];
    const isOfOne = root === key && typeof index === 'number';
    for (const part of parts) {
      if (isOfOne) part.fetch.reportAt(part, error, index, below);
      else part.fetch.report(part, error);
    }
  }
  if (!isData(data)) return;
  const entities = data[key];
  if (Array.isArray(entities) && entities.length === texts.length) {
    for (const part of parts) part.fetch.receive(part, entities);
    return;
  }
  for (const part of parts) {
    const name = part.fetch.node.serviceName;
    const cause = `The subgraph ${name} did not answer with ${texts.length} entities.`;
    reportFailure(part, new Error(cause));
  }
}

function reportFailure({ fetch, execution }: EntityPart, cause: unknown): void {
  const path = beforeLists(fetch.path);
  execution.errors.push(fetchError(fetch.node.serviceName, cause, path));
}

function firstOf({ parts }: UnitedPart): EntityPart {
  return parts[0] as EntityPart;
}

function isSmall(united: readonly UnitedPart[]): boolean {
  let characters = 0;
  for (const { texts } of united) for (const text of texts) characters += text.length;
  return characters <= MAX_COMBINED_CHARACTERS;
}
