import {
  generateAuthenticationOptions,
  type PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import type { IdentityContext } from '../context.ts';
import { issueChallenge } from './challenge.ts';

export interface PasskeyRequest {
  readonly options: PublicKeyCredentialRequestOptionsJSON;
  readonly expiresAt: Date;
}

/**
 * Asks for a passkey: of one person, or, for null, of whoever has one. The latter names no passkeys,
 * so it tells nothing about anybody.
 */
export async function requestPasskey(
  ctx: IdentityContext,
  userId: string | null,
): Promise<PasskeyRequest> {
  const { challenge, expiresAt } = await issueChallenge(ctx, 'SIGN_IN', userId);
  const known =
    userId === null ? [] : await ctx.db.client.passkey.findMany({ where: { userId }, take: 20 });
  const options = await generateAuthenticationOptions({
    rpID: ctx.relyingParty.id,
    challenge,
    timeout: expiresAt.getTime() - ctx.now().getTime(),
    userVerification: 'required',
    allowCredentials: known.map(({ credentialId, transports }) => ({
      id: Buffer.from(credentialId).toString('base64url'),
      transports,
    })),
  });
  return { options, expiresAt };
}
