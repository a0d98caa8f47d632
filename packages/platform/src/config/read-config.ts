import { z } from 'zod';

/** The environment does not fit; `message` is one line that names every offending variable. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Validates the environment once, at the composition root of a process. This is the only reader
 * of `process.env`; everything else receives values.
 *
 * An empty variable counts as absent, because compose files and CI write those for "not set".
 * @throws ConfigError naming the variables, never their values.
 */
export function readConfig<Shape extends z.ZodRawShape>(
  shape: Shape,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): z.output<z.ZodObject<Shape>> {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = z.object(shape).safeParse(given);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new ConfigError(`Environment not usable: ${faults.join('; ')}`);
}
