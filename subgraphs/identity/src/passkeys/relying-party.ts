import { UserFailure } from '@civitas/platform/errors';

/** Who asks for passkeys. Changing `id` makes every passkey useless. */
export interface RelyingParty {
  /** A domain, e.g. `civitas.example`: passkeys made for it work on it and below it. */
  readonly id: string;
  /** Of the pages that may use them, e.g. `https://app.civitas.example`. */
  readonly origins: readonly string[];
}

interface PartyConfiguration {
  /** Where people reach the gateway. */
  readonly publicUrl: string;
  /** Its host when absent. Give the domain that all apps share. */
  readonly id?: string | undefined;
  /** Its origin when absent, separated by commas. */
  readonly origins?: string | undefined;
}

export function relyingPartyOf({ publicUrl, id, origins }: PartyConfiguration): RelyingParty {
  const { hostname, origin } = new URL(publicUrl);
  return {
    id: id ?? hostname,
    origins: origins?.split(',').flatMap((each) => each.trim() || []) ?? [origin],
  };
}

export const PARTY_NAME = 'Civitas';

/** Ed25519, ES256 and RS256 (IANA COSE): what all authenticators in use can do. */
export const ALGORITHMS = [-8, -7, -257];

/** One failure for every reason: which check failed helps only somebody who is forging. */
export function passkeyRejected(): UserFailure {
  return new UserFailure('PasskeyRejected', 'This passkey was not accepted. Try again.', [
    'input',
    'credential',
  ]);
}
