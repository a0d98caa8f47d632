import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium, type Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { useIdentity } from '../testing/use-identity.ts';

const CHROMIUM = '/usr/bin/chromium';
const site = createServer((_, response) =>
  response.setHeader('content-type', 'text/html').end(' '),
);
let origin = '';
let page: Page;

beforeAll(async () => {
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  origin = `http://localhost:${(site.address() as AddressInfo).port}`;
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  page = await openPage(browser);
  return async () => {
    await browser.close();
    site.close();
  };
}, 30_000);

/** A page with an authenticator that always says yes, as a finger on the sensor would. */
async function openPage(browser: Browser): Promise<Page> {
  const opened = await browser.newPage();
  await opened.goto(origin);
  const devtools = await opened.context().newCDPSession(opened);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
    },
  });
  return opened;
}

const identity = useIdentity({
  relyingParty: () => ({ id: 'localhost', origins: [origin] }),
});

/** What an app does, with what browsers have for it. */
const inPage = {
  create: (json: string) =>
    `navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(${json}) }).then((made) => made.toJSON())`,
  get: (json: string) =>
    `navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(${json}) }).then((given) => given.toJSON())`,
};

test('Chromium makes a passkey from our options and signs in with it, without a name', async () => {
  const ada = await identity.register();
  const { start } = await identity
    .as(ada.viewer)
    .run(
      'mutation { start: startPasskeyRegistration { ... on PasskeyCreationOptions { options } } }',
    );
  const made = await page.evaluate(inPage.create(JSON.stringify(start.options)));
  const finished = await identity
    .as(ada.viewer)
    .run(
      'mutation ($input: FinishPasskeyRegistrationInput!) { result: finishPasskeyRegistration(input: $input) { __typename } }',
      { input: { credential: made, name: 'Chromium' } },
    );
  expect(finished.result.__typename).toBe('FinishPasskeyRegistrationSuccess');
  const { ask } = await identity
    .as()
    .run('mutation { ask: startPasskeySignIn { ... on PasskeyRequestOptions { options } } }');
  const given = await page.evaluate(inPage.get(JSON.stringify(ask.options)));
  const { result } = await identity
    .as()
    .run(
      'mutation ($input: SignInWithPasskeyInput!) { result: signInWithPasskey(input: $input) { ... on SignInSuccess { user { id } } } }',
      { input: { credential: given } },
    );
  expect(result.user.id).toBe(ada.viewer.id);
}, 30_000);
