import { z } from 'zod';

/**
 * Cookies that the gateway keeps in a client for a subgraph, under names that both of them know. They
 * go from one to the other beside the operation, so that their values are in no document and no answer.
 */
export interface ClientCookies {
  /** What the client holds. */
  readonly given: Readonly<Record<string, string>>;
  /** Sets one; null takes it away. The last word on a name counts. */
  set(name: string, value: string | null, maxAgeSeconds: number): void;
}

/** A cookie to set in a client, or to take away. */
export interface CookieChange {
  readonly name: string;
  readonly value: string | null;
  readonly maxAgeSeconds: number;
}

/** Collects what is to be set. */
export interface CookieJar extends ClientCookies {
  readonly changes: () => readonly CookieChange[];
}

/** The header in which a subgraph of its own process answers the gateway what to set. */
export const COOKIES_HEADER = 'x-civitas-cookies';

const changesShape = z.array(
  z.strictObject({
    name: z.string(),
    value: z.string().nullable(),
    maxAgeSeconds: z.number().int().min(0),
  }),
);

/** @param given what the client holds, by name. */
export function createCookieJar(given: Readonly<Record<string, string>>): CookieJar {
  const changes = new Map<string, CookieChange>();
  return {
    given,
    set: (name, value, maxAgeSeconds) => {
      changes.set(name, { name, value, maxAgeSeconds: Math.max(0, Math.floor(maxAgeSeconds)) });
    },
    changes: () => [...changes.values()],
  };
}

/** Changes as the value of {@link COOKIES_HEADER}. */
export function writeCookieChanges(changes: readonly CookieChange[]): string {
  return Buffer.from(JSON.stringify(changes)).toString('base64url');
}

/**
 * Puts what a subgraph answered into a jar.
 *
 * @throws ZodError, SyntaxError for what {@link writeCookieChanges} did not make.
 */
export function takeCookieChanges(header: string, jar: ClientCookies): void {
  const text = Buffer.from(header, 'base64url').toString('utf8');
  for (const { name, value, maxAgeSeconds } of changesShape.parse(JSON.parse(text))) {
    jar.set(name, value, maxAgeSeconds);
  }
}
