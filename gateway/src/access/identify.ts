import { CivitasError } from '@civitas/platform/errors';
import { ANONYMOUS, type Viewer } from '@civitas/platform/subgraph';
import type { ClientDirectory, KeyHolder } from '../partners/client-directory.ts';
import type { AccessChanges } from './access-changes.ts';
import type { VerifyAccessToken } from './access-token.ts';
import { createGuessLimit } from './guess-limit.ts';

const BEARER = /^Bearer +([A-Za-z0-9._~+/=-]+)$/i;
/** What identity gives out: a prefix that scanners of source code know, and 256 random bits. */
const API_KEY = /^civitas_[\w-]{43}$/;

/** Who asks. */
export interface Caller {
  readonly viewer: Viewer;
  /** Present when an API key was presented. */
  readonly key?: KeyHolder;
}

/**
 * Whose what is held open counts as: a program's account, whichever of its keys came, else a person,
 * by whichever token or key. Undefined for nobody known.
 */
export function holderOf({ viewer, key }: Caller): string | undefined {
  if (key?.account) return `account:${key.account.id}`;
  return viewer.type === 'user' ? viewer.id : undefined;
}

/**
 * Who presents this `Authorization` value: an access token or an API key as a bearer token. Absent
 * or empty is anonymous; anything that is not valid is refused, never taken for anonymous.
 *
 * @throws CivitasError `UNAUTHENTICATED`; `RATE_LIMITED` for an address that tries many keys; `SERVICE_UNAVAILABLE` when nobody can say whose a key is.
 */
export type Identify = (
  authorization: string | undefined,
  clientAddress: string | undefined,
) => Promise<Caller>;

interface IdentifyOptions {
  readonly verifyAccessToken: VerifyAccessToken;
  /** Absent means that no API key is accepted. */
  readonly directory: ClientDirectory | undefined;
  /** What is known of the holder of a key since the directory was asked; throws when the key has ended. */
  readonly current?: AccessChanges['current'];
}

/** @returns what every door and the pipeline ask. */
export function createIdentify(options: IdentifyOptions): Identify {
  const { verifyAccessToken, directory, current } = options;
  const guesses = createGuessLimit();
  return async (authorization, clientAddress) => {
    if (authorization === undefined || authorization === '') return { viewer: ANONYMOUS };
    const token = BEARER.exec(authorization)?.[1];
    if (token === undefined) {
      throw new CivitasError('UNAUTHENTICATED', {
        message: 'Send `Authorization: Bearer <access token or API key>`.',
      });
    }
    if (!API_KEY.test(token)) return { viewer: await verifyAccessToken(token) };
    guesses.assertFew(clientAddress);
    const key = await directory?.findKey(token);
    if (key) return { viewer: current?.(key.viewer) ?? key.viewer, key };
    guesses.count(clientAddress);
    throw new CivitasError('UNAUTHENTICATED', {
      message: 'The API key is not valid, was revoked or has expired.',
    });
  };
}
