import { CivitasError } from '@civitas/platform/errors';
import type { HttpRoute } from '@civitas/platform/subgraph';
import type { Logger } from '@civitas/platform/telemetry';
import { ATTEMPT_MS, type AttemptCookie } from './attempt-cookie.ts';
import type { Provider, ProviderClaims } from './provider.ts';

interface SignInRoutesOptions {
  readonly providers: readonly Provider[];
  /** Where people reach the gateway. */
  readonly publicUrl: string;
  /** Pages and app links that may get an answer, compared whole. */
  readonly returnUrls: ReadonlySet<string>;
  readonly cookie: AttemptCookie;
  /** Keeps what the provider said, once per state. @returns the code for the app; null the second time. */
  readonly keepAnswer: (answer: KeptAnswer) => Promise<string | null>;
  /** Whether a state was answered before; then what that opened has ended. */
  readonly cameBefore: (state: string) => Promise<boolean>;
  readonly now: () => Date;
  readonly log: Logger;
}

export interface KeptAnswer extends ProviderClaims {
  readonly provider: string;
  readonly state: string;
  readonly codeChallenge: string;
}

type Answer = Awaited<ReturnType<HttpRoute['handle']>>;

/** 256 bits in base64url: SHA-256 of the app's verifier (RFC 7636 §4.2). */
const CODE_CHALLENGE = /^[\w-]{43}$/;

/**
 * `/signin/<provider>?return_to=…&code_challenge=…` sends a browser to a provider, and
 * `/signin/<provider>/callback` sends it on to the app with `?code=…` or `?error=…`. The code is
 * worth something only together with the verifier that the app kept.
 */
export function signInRoutes(options: SignInRoutesOptions): HttpRoute[] {
  return options.providers.flatMap((provider) => [
    {
      method: 'GET',
      path: `/signin/${provider.id}`,
      handle: ({ query }) => begin(options, provider, query ?? new URLSearchParams()),
    },
    {
      method: 'GET',
      path: `/signin/${provider.id}/callback`,
      handle: async ({ method, query = new URLSearchParams(), headers }) => {
        // Scanners of links ask by HEAD first, and the provider's code works once.
        if (method === 'HEAD') throw new CivitasError('METHOD_NOT_ALLOWED');
        return finish(options, provider, query, String(headers['cookie'] ?? ''));
      },
    },
  ]);
}

async function begin(
  { returnUrls, cookie, now, log }: SignInRoutesOptions,
  provider: Provider,
  query: URLSearchParams,
): Promise<Answer> {
  const returnTo = query.get('return_to') ?? '';
  const codeChallenge = query.get('code_challenge') ?? '';
  // Compared whole and before anything else: nobody is sent to a page that is not listed.
  if (!returnUrls.has(returnTo)) return refused('return_to is not one of SIGN_IN_RETURN_URLS.');
  if (!CODE_CHALLENGE.test(codeChallenge)) return refused('code_challenge has to be SHA-256.');
  try {
    const { url, attempt } = await provider.begin();
    const expiresAt = now().getTime() + ATTEMPT_MS;
    const carried = { ...attempt, returnTo, codeChallenge, expiresAt };
    return redirect(url.href, cookie.set(carried, provider.id));
  } catch (error) {
    log.warn({ err: error, provider: provider.id }, 'a provider of identities cannot be reached');
    return redirect(withParameter(returnTo, 'error', 'provider_unavailable'));
  }
}

async function finish(
  options: SignInRoutesOptions,
  provider: Provider,
  query: URLSearchParams,
  cookies: string,
): Promise<Answer> {
  const { cookie, now, log, publicUrl } = options;
  const attempt = cookie.read(cookies, provider.id, now());
  if (!attempt) return refused('This sign-in has expired. Go back to the app and start again.');
  const { returnTo, codeChallenge, state } = attempt;
  const back = (name: 'code' | 'error', value: string) =>
    redirect(withParameter(returnTo, name, value), cookie.clear());
  const isOurs = query.get('state') === state;
  if (isOurs && (await options.cameBefore(state))) return back('error', 'sign_in_failed');
  const callback = new URL(`/signin/${provider.id}/callback?${query}`, publicUrl);
  try {
    const claims = await provider.finish(callback, attempt);
    const code = await options.keepAnswer({
      ...claims,
      provider: provider.id,
      state,
      codeChallenge,
    });
    return code === null ? back('error', 'sign_in_failed') : back('code', code);
  } catch (error) {
    if (isOurs && query.get('error') === 'access_denied') return back('error', 'access_denied');
    // Messages only: causes hold what the provider was asked and answered.
    const { name, message } = error as Error;
    log.warn({ provider: provider.id, reason: `${name}: ${message}` }, 'provider sign-in refused');
    return back('error', 'sign_in_failed');
  }
}

function withParameter(url: string, name: string, value: string): string {
  const target = new URL(url);
  target.searchParams.set(name, value);
  return target.href;
}

function redirect(location: string, setCookie?: string): Answer {
  return {
    status: 302,
    headers: {
      location,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      ...(setCookie !== undefined && { 'set-cookie': setCookie }),
    },
    body: '',
  };
}

function refused(message: string): Answer {
  return {
    status: 400,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
    body: `${message}\n`,
  };
}
