import { newId } from '@civitas/platform/ids';
import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import type { IdentityDatabase } from '../context.ts';

/** The algorithm of access tokens: Ed25519 signatures are small, fast and leave no choices. */
export const ALGORITHM = 'EdDSA';

export interface SigningKey {
  readonly id: string;
  readonly privateKey: CryptoKey;
  /** Public halves of all keys whose tokens may still be alive, for the JWKS document. */
  readonly published: readonly JWK[];
}

/**
 * The newest key that is not retired; the first process of a fresh database makes one. A lock
 * keeps two processes that start at once from making two.
 */
export async function loadSigningKey(db: IdentityDatabase, now: () => Date): Promise<SigningKey> {
  const keys = await db.inTransaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('identity.signing_key'))`;
    const known = await tx.signingKey.findMany({
      where: { retiredAt: null },
      orderBy: { createdAt: 'desc' },
    });
    if (known.length > 0) return known;
    const pair = await generateKeyPair(ALGORITHM, { crv: 'Ed25519', extractable: true });
    const id = newId('key');
    const description = { kid: id, alg: ALGORITHM, use: 'sig' };
    const [privateJwk, publicJwk] = await Promise.all([
      exportJWK(pair.privateKey),
      exportJWK(pair.publicKey),
    ]);
    return [
      await tx.signingKey.create({
        data: {
          id,
          privateJwk: { ...privateJwk, ...description },
          publicJwk: { ...publicJwk, ...description },
          createdAt: now(),
        },
      }),
    ];
  });
  const [newest] = keys;
  if (!newest) throw new Error('No signing key, though one was just made.');
  const privateKey = await importJWK(newest.privateJwk as JWK, ALGORITHM);
  if (privateKey instanceof Uint8Array) throw new Error(`Signing key ${newest.id} is symmetric.`);
  return { id: newest.id, privateKey, published: keys.map((key) => key.publicJwk as JWK) };
}
