import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import { z } from 'zod';

/** Base64url; an attestation with its certificates has some kilobytes. */
const part = z
  .string()
  .max(16_384, 'must have at most 16,384 characters.')
  .regex(/^[\w-]*={0,2}$/, 'must be base64url.');

const id = part.min(1, 'must not be empty.').max(1_400, 'must have at most 1,400 characters.');

const envelope = {
  id,
  rawId: id,
  type: z.literal('public-key'),
  // Nothing in it is believed.
  clientExtensionResults: z.unknown().transform(() => ({})),
};

/** `RegistrationResponseJSON` of WebAuthn Level 3, without what we do not read. */
export const registrationCredential = z.object({
  ...envelope,
  response: z.object({
    clientDataJSON: part,
    attestationObject: part,
    transports: z
      .array(z.string().regex(/^[a-z-]{1,20}$/))
      .max(10)
      .optional(),
  }),
}) as unknown as z.ZodType<RegistrationResponseJSON>;

/** `AuthenticationResponseJSON` of WebAuthn Level 3, without what we do not read. */
export const authenticationCredential = z.object({
  ...envelope,
  response: z.object({
    clientDataJSON: part,
    authenticatorData: part,
    signature: part,
    userHandle: part.nullish().transform((handle) => handle ?? undefined),
  }),
}) as unknown as z.ZodType<AuthenticationResponseJSON>;
