import type { z } from 'zod';
import { UserFailure } from '../errors/index.ts';

/**
 * Checks the `input` of a mutation against the rules of its use case.
 *
 * @throws UserFailure `InvalidInput` for the first offending field, with its path under `input`.
 */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = ['input', ...(issue?.path ?? []).map(String)];
  throw new UserFailure('InvalidInput', `\`${path.join('.')}\`: ${issue?.message ?? ''}`, path);
}
