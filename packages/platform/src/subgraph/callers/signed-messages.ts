import { timingSafeEqual } from 'node:crypto';
import { signatureOf } from './internal-token.ts';

/** What a message is good for: one connection to one subgraph. */
interface MessageSeal {
  /** Name of the subgraph. */
  readonly audience: string;
  /** What the subgraph has made up for this connection alone. */
  readonly nonce: string;
  readonly secret: string;
}

const START = '{"mac":"';
/** Of 32 bytes in base64url. */
const MAC_LENGTH = 43;
const MAC_END = START.length + MAC_LENGTH;

/**
 * Signs a message (a JSON object as text) for one connection: HMAC-SHA256 over all of it, in its first
 * member `mac`. A tenth of what a token for every operation takes, which carries its own claims, hash and
 * times; here the connection says for whom and when.
 */
export function signMessage(text: string, seal: MessageSeal): string {
  const rest = text.slice(1);
  return `${START}${macOf(rest, seal).toString('base64url')}",${rest}`;
}

/** Whether a message was signed for this connection, and not a character of it is another. */
export function isSignedMessage(text: string, seal: MessageSeal): boolean {
  if (!text.startsWith(START) || !text.startsWith('",', MAC_END)) return false;
  const given = Buffer.from(text.slice(START.length, MAC_END), 'base64url');
  const expected = macOf(text.slice(MAC_END + 2), seal);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function macOf(rest: string, { audience, nonce, secret }: MessageSeal): Buffer {
  return signatureOf(`${audience} ${nonce} ${rest}`, secret);
}
