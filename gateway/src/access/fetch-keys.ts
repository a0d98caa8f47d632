/** Identity answers from memory. */
const TIMEOUT_MS = 3_000;
/** A key takes 200; identity publishes three at most. */
const MAX_CHARACTERS = 64 * 1024;

/**
 * Identity's JWKS document over HTTP. Follows no redirect: the keys are where the operator says.
 *
 * @throws Error when it does not come whole within three seconds, or is longer than 64 Ki characters.
 */
export async function fetchKeys(url: string): Promise<string> {
  const answer = await fetch(url, {
    headers: { accept: 'application/jwk-set+json, application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (answer.status !== 200) throw new Error(`The key server answered ${answer.status}.`);
  let text = '';
  for await (const piece of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += piece;
    if (text.length > MAX_CHARACTERS) throw new Error('The key server does not come to an end.');
  }
  return text;
}
