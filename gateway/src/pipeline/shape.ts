import type { Logger } from '@civitas/platform/telemetry';
import type { FormattedExecutionResult, GraphQLFormattedError } from 'graphql';
import { type AccessDecision, denial } from '../access/decide-access.ts';
import { unmarkDenied } from '../access/denied-places.ts';
import { isMarkedKey } from '../access/without-denied.ts';
import type { RawResult } from '../execution/types.ts';
import { presentExecutionError, presentOwnError } from './present-error.ts';

interface ShapeOptions {
  readonly access: AccessDecision;
  readonly requestId: string;
  readonly log: Logger;
  /** Where the data stands in the whole response; the root when absent. */
  readonly at?: readonly (string | number)[];
}

/**
 * The response of an operation that ran: data, errors fit to be shown, and one error for every
 * place where access was denied.
 */
export function shape(
  raw: RawResult,
  { access, at = [], ...to }: ShapeOptions,
): FormattedExecutionResult {
  const data = raw.data ?? null;
  const errors = executionErrors(raw, to);
  for (const path of access.denied.length > 0 ? unmarkDenied(data, access.denied) : []) {
    errors.push(presentOwnError(denial(access.code, [...at, ...path]), to));
  }
  errors.push(...unexplained(raw, errors, to));
  return errors.length > 0 ? { errors, data } : { data };
}

interface ShapedText {
  readonly text: string;
  /** The same, where several callers get it. */
  readonly bytes?: Buffer | undefined;
  /** Those in the text, for who counts them. */
  readonly errors: readonly GraphQLFormattedError[] | undefined;
}

/**
 * The same response as JSON. Its data is written straight from what was fetched, unless places of
 * denied fields have to be found in it.
 */
export function shapeAsText(raw: RawResult, options: ShapeOptions): ShapedText {
  if (options.access.denied.length > 0) {
    const result = shape(raw, options);
    return { text: JSON.stringify(result), errors: result.errors };
  }
  const text = raw.text ?? JSON.stringify(raw.data ?? null);
  const errors = executionErrors(raw, options);
  errors.push(...unexplained(raw, errors, options));
  if (errors.length === 0) {
    const whole = `{"data":${text}}`;
    return {
      text: whole,
      errors: undefined,
      bytes: raw.isShared ? bytesOf(raw, whole) : undefined,
    };
  }
  return { text: `{"errors":${JSON.stringify(errors)},"data":${text}}`, errors };
}

const bytesOfShared = new WeakMap<RawResult, Buffer>();

/** Encoded, and copied to where it is sent from, once for all who get it. */
function bytesOf(raw: RawResult, text: string): Buffer {
  const bytes = bytesOfShared.get(raw) ?? Buffer.from(text);
  bytesOfShared.set(raw, bytes);
  return bytes;
}

type Presented = Omit<ShapeOptions, 'access'>;

function executionErrors(raw: RawResult, to: Presented): GraphQLFormattedError[] {
  return raw.errors.map((error) => presentExecutionError(error, to));
}

/**
 * The nulls that no other error explains: a subgraph's answer did not fit the schema there. What fails
 * at very many places of a list is told at the first of them only, so an error explains the nulls at
 * the same fields of all items.
 */
function unexplained(
  { completionErrors }: RawResult,
  told: readonly GraphQLFormattedError[],
  to: Presented,
): readonly GraphQLFormattedError[] {
  if (completionErrors.length === 0) return [];
  const ends = new Set<string | undefined>();
  const passed = new Set<string | undefined>();
  for (const { path } of told) {
    const places = placesTo(path);
    ends.add(places.at(-1));
    for (const place of places) passed.add(place);
  }
  return completionErrors
    .filter(({ path = [] }) => {
      // The places of what was denied have been told.
      if (path.some((step) => typeof step === 'string' && isMarkedKey(step))) return false;
      const places = placesTo(path);
      return !places.some((place) => ends.has(place)) && !passed.has(places.at(-1));
    })
    .map((error) => presentExecutionError(error, to));
}

/** The fields on the way to an error, from the root to its own, whichever items of lists they are of. */
function placesTo(path: GraphQLFormattedError['path'] = []): readonly string[] {
  const places = [''];
  for (const step of path) if (typeof step === 'string') places.push(`${places.at(-1)}.${step}`);
  return places;
}
