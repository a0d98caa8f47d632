import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { TestProvider } from '@civitas/identity/testing';
import { expect, test } from 'vitest';
import { RETURN_URL, type TestGraph } from '../use-graph.ts';

const SESSION = '__typename ... on UserError { code }';
const SIGN_IN = `mutation ($input: SignInWithProviderInput!) { result: signInWithProvider(input: $input) {
  ${SESSION} ... on RegistrationNeeded { email } ... on SignInSuccess { user { handle } session { accessToken } } } }`;
const REGISTER = `mutation ($input: RegisterWithProviderInput!) { result: registerWithProvider(input: $input) {
  ${SESSION} ... on RegisterSuccess { session { accessToken } } } }`;

/** What a browser holds of one host. */
class Cookies {
  readonly #values = new Map<string, string>();

  async get(url: string | URL): Promise<string> {
    const cookie = [...this.#values].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, { redirect: 'manual', headers: { cookie } });
    for (const set of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = set.split(';')[0]?.split(/=(.*)/s) ?? [];
      this.#values.set(name, value);
    }
    return new URL(answer.headers.get('location') ?? '', url).href;
  }
}

/** From the button to the code in the app's hands, as a browser goes: who comes from a real OpenID Provider. */
export function visitsTo(graph: TestGraph, provider: TestProvider) {
  return async (person: string, comesBack = new Cookies()) => {
    provider.person = person;
    const codeVerifier = randomBytes(32).toString('base64url');
    const codeChallenge = createHash('sha256').update(codeVerifier).digest('base64url');
    const query = new URLSearchParams({ return_to: RETURN_URL, code_challenge: codeChallenge });
    const theirs = new Cookies();
    let next = await comesBack.get(new URL(`/signin/testid?${query}`, graph.url));
    for (let hop = 0; hop < 10 && next.startsWith(provider.config.issuer); hop += 1) {
      next = await theirs.get(next);
    }
    // It sends the browser to where people reach the gateway, which is not this port.
    const callback = new URL(next);
    const finish = (browser: Cookies) =>
      browser.get(new URL(`${callback.pathname}${callback.search}`, graph.url));
    return { codeVerifier, callback, finish: () => finish(comesBack), finishAs: finish };
  };
}

/** Signing in by a real OpenID Provider, whose redirects lead through the gateway. */
export function providerSignInTests(graph: TestGraph, provider: TestProvider): void {
  const come = visitsTo(graph, provider);

  test('somebody registers by another provider through the gateway, and signs in by it again', async () => {
    const person = randomUUID();
    const email = `${person}@example.org`;
    const handle = `p${person.replaceAll('-', '').slice(0, 20)}`;
    provider.people.set(person, { email, email_verified: true, name: 'Ada Lovelace' });
    const perform = async (query: string, input: object) =>
      (await graph.ask(query, { input })).data.result;
    const first = await come(person);
    expect(first.callback.pathname).toBe('/signin/testid/callback');
    // A browser that has not begun is sent nowhere.
    expect(await first.finishAs(new Cookies())).toContain('/signin/testid/callback?');
    const returned = new URL(await first.finish());
    expect(`${returned.origin}${returned.pathname}`).toBe(RETURN_URL);
    const proof = { code: returned.searchParams.get('code'), codeVerifier: first.codeVerifier };
    const foreign = { ...proof, codeVerifier: randomBytes(32).toString('base64url') };
    expect((await perform(SIGN_IN, foreign)).code).toBe('PROVIDER_CODE_INVALID');
    expect(await perform(SIGN_IN, proof)).toEqual({ __typename: 'RegistrationNeeded', email });
    const profile = { displayName: 'Ada', handle, profile: { civilian: {} } };
    const registered = await perform(REGISTER, { ...proof, ...profile });
    expect(registered.__typename).toBe('RegisterSuccess');
    expect((await perform(REGISTER, { ...proof, ...profile })).code).toBe('PROVIDER_CODE_INVALID');

    const second = await come(person);
    const code = new URL(await second.finish()).searchParams.get('code');
    const signedIn = await perform(SIGN_IN, { code, codeVerifier: second.codeVerifier });
    expect(signedIn).toMatchObject({ __typename: 'SignInSuccess', user: { handle } });
    const { data } = await graph.ask('{ me { handle } }', {}, signedIn.session.accessToken);
    expect(data.me).toEqual({ handle });
  });
}
