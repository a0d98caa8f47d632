import type { FormattedExecutionResult } from 'graphql';

const texts = new WeakMap<FormattedExecutionResult, string>();

/** A result as JSON, made once for all who are sent the same object. It must not change afterwards. */
export function jsonOf(result: FormattedExecutionResult): string {
  const known = texts.get(result);
  if (known !== undefined) return known;
  const text = JSON.stringify(result);
  texts.set(result, text);
  return text;
}
