import { createPrivateKey, type KeyObject } from 'node:crypto';
import { newId } from '@civitas/platform/ids';
import type { Logger } from '@civitas/platform/telemetry';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import type { IdentityDatabase, IdentityTransaction } from '../context.ts';
import type { SigningKey } from '../generated/prisma/client.ts';
import type { Sealer } from '../secrets/index.ts';
import { planKeys, planRotation, signerAt } from './schedule.ts';

/** The algorithm of access tokens: Ed25519 signatures are small, fast and leave no choices. */
export const ALGORITHM = 'EdDSA';

export interface SigningKeys {
  /** The key to sign with now. */
  signer(): Promise<{ readonly id: string; readonly privateKey: KeyObject }>;
  /** Public halves of the next key, the one that signs, and those whose tokens may still live. */
  published(): Promise<readonly JWK[]>;
}

interface SigningKeysOptions {
  readonly db: IdentityDatabase;
  /** Encrypts the private halves. */
  readonly sealer: Sealer;
  readonly now: () => Date;
  readonly log: Logger;
}

/** A key was stored with another `ENCRYPTION_SECRET`; the message is one line for the operator. */
export class UnreadableKeyError extends Error {
  override readonly name = 'UnreadableKeyError';
}

interface LoadedKey {
  readonly id: string;
  readonly signsFrom: Date;
  readonly privateKey: KeyObject;
  readonly publicJwk: JWK;
}

/** Far less than the day by which a key is published early, so every process knows it in time. */
const FRESH_MS = 5 * 60_000;

/**
 * The keys of access tokens, made and retired on schedule by whichever process looks first; a lock
 * keeps two from making two. Looked at every five minutes of use; while the database is away the keys
 * that are known go on.
 *
 * @throws UnreadableKeyError when `ENCRYPTION_SECRET` does not open the keys that are there.
 */
export async function createSigningKeys(options: SigningKeysOptions): Promise<SigningKeys> {
  const { now, log } = options;
  let keys = await turn(options);
  let loadedAt = now().getTime();
  let loading: Promise<void> | undefined;

  async function reload(): Promise<void> {
    try {
      keys = await turn(options);
    } catch (error) {
      log.warn({ err: error }, 'signing keys could not be looked at');
    }
    loadedAt = now().getTime();
    loading = undefined;
  }

  async function current(): Promise<readonly LoadedKey[]> {
    if (now().getTime() - loadedAt >= FRESH_MS) {
      loading ??= reload();
      await loading;
    }
    return keys;
  }

  return {
    signer: async () => {
      const signer = signerAt(await current(), now());
      if (!signer) throw new Error('No signing key, though one is made at the start.');
      return signer;
    },
    published: async () => (await current()).map(({ publicJwk }) => publicJwk),
  };
}

/** Does what the schedule asks for, and loads what is left. */
async function turn({ db, sealer, now }: SigningKeysOptions): Promise<readonly LoadedKey[]> {
  const rows = await db.inTransaction(async (tx) => {
    const known = await lockKeys(tx);
    const { nextSignsFrom, retired } = planKeys(known, now());
    await tx.signingKey.deleteMany({ where: { id: { in: [...retired] } } });
    const kept = known.filter(({ id }) => !retired.includes(id));
    return nextSignsFrom
      ? [...kept, await makeKey(tx, sealer, { createdAt: now(), signsFrom: nextSignsFrom })]
      : kept;
  });
  return rows.map((row) => open(sealer, row));
}

/**
 * Makes the next key now instead of at the end of its predecessor's month. It signs a day later, as
 * every key does: processes and partners have to see it first. The old one goes an hour after that.
 *
 * @returns the newest key, and whether it was made now: not when one waits already; null when
 * identity has not made its first one yet.
 * @throws UnreadableKeyError when the secret is not that of the keys that are there: a key of another
 * secret would keep identity from starting.
 */
export async function rotateSigningKey({
  db,
  sealer,
  now,
}: Omit<SigningKeysOptions, 'log'>): Promise<{
  readonly id: string;
  readonly signsFrom: Date;
  readonly isNew: boolean;
} | null> {
  return db.inTransaction(async (tx) => {
    const known = await lockKeys(tx);
    for (const { id, sealedPrivate } of known) unsealed(sealer, id, sealedPrivate);
    const signsFrom = planRotation(known, now());
    const made = signsFrom && (await makeKey(tx, sealer, { createdAt: now(), signsFrom }));
    const newest = made ?? known.at(-1);
    return newest ? { id: newest.id, signsFrom: newest.signsFrom, isNew: newest === made } : null;
  });
}

/** All keys in the order in which they sign; nobody else changes them before the transaction ends. */
async function lockKeys(tx: IdentityTransaction): Promise<SigningKey[]> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('identity.signing_key'))`;
  return tx.signingKey.findMany({ orderBy: { signsFrom: 'asc' } });
}

async function makeKey(
  tx: IdentityTransaction,
  sealer: Sealer,
  times: { readonly createdAt: Date; readonly signsFrom: Date },
): Promise<SigningKey> {
  const pair = await generateKeyPair(ALGORITHM, { crv: 'Ed25519', extractable: true });
  const id = newId('key');
  const publicJwk = { ...(await exportJWK(pair.publicKey)), kid: id, alg: ALGORITHM, use: 'sig' };
  const privateJwk = Buffer.from(JSON.stringify(await exportJWK(pair.privateKey)));
  const sealedPrivate = sealer.seal(privateJwk, id);
  return tx.signingKey.create({ data: { id, sealedPrivate, publicJwk, ...times } });
}

function open(sealer: Sealer, row: SigningKey): LoadedKey {
  const { id, signsFrom, sealedPrivate, publicJwk } = row;
  const jwk = JSON.parse(unsealed(sealer, id, sealedPrivate));
  const privateKey = createPrivateKey({ key: jwk, format: 'jwk' });
  return { id, signsFrom, privateKey, publicJwk: publicJwk as JWK };
}

function unsealed(sealer: Sealer, id: string, sealed: Uint8Array): string {
  try {
    return Buffer.from(sealer.open(sealed, id)).toString('utf8');
  } catch (cause) {
    const advice = 'With the old secret lost, delete the rows of signing_key.';
    throw new UnreadableKeyError(`ENCRYPTION_SECRET does not open signing key ${id}. ${advice}`, {
      cause,
    });
  }
}
