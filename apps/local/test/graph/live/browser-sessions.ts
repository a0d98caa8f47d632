import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { DEMO_PASSWORD } from '../../../src/demo/identity.ts';
import type { TestGraph } from '../use-graph.ts';

const CHROMIUM = '/usr/bin/chromium';
const SIGN_IN =
  'mutation ($input: SignInInput!) { signIn(input: $input) { __typename ... on SignInSuccess { user { id } session { sessionId accessToken refreshToken deviceToken } } } }';
const REFRESH =
  'mutation { refreshSession { __typename ... on RefreshSessionSuccess { session { accessToken refreshToken } } } }';
const STEP_UP =
  'mutation ($input: StepUpInput!) { stepUp(input: $input) { __typename ... on StepUpSuccess { accessToken } } }';
const SIGN_OUT = 'mutation { signOut { __typename } }';
const ME = '{ me { id } }';

interface Answered {
  readonly status: number;
  readonly text: string;
}

/** Sends an operation as a page of the app does. */
async function ask(
  page: Page,
  query: string,
  { variables, isSession = false }: { variables?: object; isSession?: boolean } = {},
): Promise<Answered> {
  const session: Record<string, string> = isSession ? { 'civitas-session': 'cookie' } : {};
  return page.evaluate(
    async ({ body, session }) => {
      const headers = { 'content-type': 'application/json', ...session };
      const answer = await fetch('/graphql', { method: 'POST', headers, body });
      return { status: answer.status, text: await answer.text() };
    },
    {
      body: JSON.stringify({ query, variables }),
      session,
    },
  );
}

/** What a browser app can count on that keeps its session in cookies: in a browser, on a whole graph. */
export function browserSessionTests(graph: TestGraph): void {
  describe('a session in cookies', () => {
    let context: BrowserContext;
    let page: Page;
    let origin = '';
    let evil = '';

    beforeAll(async () => {
      const site = createServer((_, response) =>
        response.setHeader('content-type', 'text/html').end('<title>elsewhere</title>'),
      );
      await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
      const { port } = new URL(graph.url);
      origin = `http://localhost:${port}`;
      // Another port is another origin of the same site: SameSite does not keep cookies from it.
      evil = `http://localhost:${(site.address() as AddressInfo).port}`;
      const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
      context = await browser.newContext({ bypassCSP: true });
      page = await open(origin);
      return async () => {
        await browser.close();
        site.close();
      };
    }, 60_000);

    async function open(from: string): Promise<Page> {
      const opened = await context.newPage();
      await opened.goto(`${from}/health/live`);
      return opened;
    }

    async function names(): Promise<string[]> {
      return (await context.cookies()).map(({ name }) => name).sort();
    }

    const credentials = () => ({
      email: `${graph.world.people[3]?.handle}@demo.civitas.example`,
      password: DEMO_PASSWORD,
    });

    async function signIn(): Promise<Answered> {
      return ask(page, SIGN_IN, { variables: { input: credentials() }, isSession: true });
    }

    const ALL = ['__Host-civitas-access', '__Host-civitas-device', '__Host-civitas-refresh'];

    test('no script can read its tokens: they are in no answer, and the cookies are not shown', async () => {
      const { text } = await signIn();
      const { user, session } = JSON.parse(text).data.signIn;
      expect(session).toEqual({
        sessionId: expect.stringMatching(/^ses_/),
        accessToken: null,
        refreshToken: null,
        deviceToken: null,
      });
      expect(text).not.toMatch(/eyJ/);
      expect(await page.evaluate('document.cookie')).toBe('');
      const cookies = await context.cookies();
      expect(cookies.map(({ name }) => name).sort()).toEqual(ALL);
      for (const each of cookies) {
        expect(each).toMatchObject({ secure: true, httpOnly: true, sameSite: 'Strict', path: '/' });
      }
      expect(JSON.parse((await ask(page, ME)).text)).toEqual({ data: { me: { id: user.id } } });
      // Not asking for cookies does not bring the tokens out either.
      expect(JSON.parse((await ask(page, REFRESH)).text).data.refreshSession).toEqual({
        __typename: 'SessionEnded',
      });
      const shown = await ask(page, STEP_UP, { variables: { input: { password: DEMO_PASSWORD } } });
      expect(JSON.parse(shown.text).data.stepUp).toEqual({
        __typename: 'StepUpSuccess',
        accessToken: null,
      });
    });

    test('event streams and sockets of a page have it too; signing out ends the socket and empties the cookies', async () => {
      await signIn();
      const events = await page.evaluate(async (query) => {
        const headers = { accept: 'text/event-stream', 'content-type': 'application/json' };
        const body = JSON.stringify({ query });
        return (await fetch('/graphql', { method: 'POST', headers, body })).text();
      }, ME);
      expect(events).toContain('{"data":{"me":{"id":"usr_');
      const answer = await page.evaluate((query) => {
        const socket = new WebSocket(`ws://${location.host}/graphql`, 'graphql-transport-ws');
        const send = (message: object) => socket.send(JSON.stringify(message));
        const closed = new Promise<number>((end) => {
          socket.addEventListener('close', ({ code }) => end(code));
        });
        Object.assign(window, { socketEnd: closed });
        socket.addEventListener('open', () => send({ type: 'connection_init' }));
        return new Promise<string>((resolve) => {
          socket.addEventListener('message', ({ data }) => {
            const { type } = JSON.parse(data);
            if (type === 'connection_ack') send({ id: '1', type: 'subscribe', payload: { query } });
            if (type === 'next') resolve(data);
          });
        });
      }, ME);
      expect(answer).toContain('{"me":{"id":"usr_');
      const { text } = await ask(page, SIGN_OUT, { isSession: true });
      expect(JSON.parse(text).data.signOut.__typename).toBe('SignOutSuccess');
      expect(await page.evaluate('window.socketEnd')).toBe(4403);
      expect(await names()).toEqual(['__Host-civitas-device']);
      expect(JSON.parse((await ask(page, ME)).text)).toEqual({ data: { me: null } });
    });

    test('a page of another origin cannot act with it, by form, by fetch or by socket', async () => {
      await signIn();
      const before = await context.cookies();
      const elsewhere = await open(evil);
      const outcomes = await elsewhere.evaluate(
        async ({ target, query }) => {
          const body = JSON.stringify({ query });
          const tries: Record<string, string> = {};
          const attempt = async (name: string, init: RequestInit) => {
            tries[name] = await fetch(target, {
              method: 'POST',
              body,
              credentials: 'include',
              ...init,
            })
              .then(({ type }) => type)
              .catch(() => 'failed');
          };
          await attempt('no-cors', { mode: 'no-cors', headers: { 'content-type': 'text/plain' } });
          await attempt('cors', { headers: { 'content-type': 'application/json' } });
          await attempt('session', { headers: { 'civitas-session': 'cookie' } });
          tries['socket'] = await new Promise<string>((resolve) => {
            const socket = new WebSocket(target.replace(/^http/, 'ws'), 'graphql-transport-ws');
            socket.addEventListener('open', () => resolve('open'));
            socket.addEventListener('error', () => resolve('refused'));
          });
          return tries;
        },
        { target: `${origin}/graphql`, query: SIGN_OUT },
      );
      expect(outcomes).toEqual({
        'no-cors': 'opaque',
        cors: 'failed',
        session: 'failed',
        socket: 'refused',
      });
      const posted = elsewhere.waitForResponse(`${origin}/graphql`);
      await elsewhere.evaluate(
        ({ target, query }) => {
          const form = document.createElement('form');
          Object.assign(form, { method: 'POST', action: target, enctype: 'text/plain' });
          const input = document.createElement('input');
          Object.assign(input, { name: `{"query":"${query}","x":"`, value: '"}' });
          form.append(input);
          document.body.append(form);
          form.submit();
        },
        { target: `${origin}/graphql`, query: SIGN_OUT },
      );
      expect((await posted).status()).toBe(400);
      await elsewhere.close();
      const link = `${origin}/graphql?query=${encodeURIComponent(SIGN_OUT)}`;
      const visitor = await context.newPage();
      expect((await visitor.goto(link))?.status()).toBe(400);
      await visitor.close();
      expect(await context.cookies()).toEqual(before);
      expect(JSON.parse((await ask(page, ME)).text).data.me.id).toMatch(/^usr_/);
    });

    test('an access token that has expired is refused; two tabs that renew it at once both go on', async () => {
      await signIn();
      const [access] = (await context.cookies()).filter(({ name }) => name === ALL[0]);
      const expired = `${access?.value.split('.', 2).join('.')}.AAAA`;
      await context.addCookies([{ ...(access as NonNullable<typeof access>), value: expired }]);
      const refused = await ask(page, ME);
      expect(refused.status).toBe(401);
      expect(refused.text).toContain('UNAUTHENTICATED');
      const other = await open(origin);
      for (let round = 0; round < 2; round += 1) {
        const renewed = await Promise.all(
          [page, other].map((tab) => ask(tab, REFRESH, { isSession: true })),
        );
        for (const { text } of renewed) {
          expect(JSON.parse(text).data.refreshSession).toEqual({
            __typename: 'RefreshSessionSuccess',
            session: { accessToken: null, refreshToken: null },
          });
        }
        expect(JSON.parse((await ask(other, ME)).text).data.me.id).toMatch(/^usr_/);
      }
      await other.close();
    });

    test('when it ends on another device its cookies are worth nothing, and renewing takes them away', async () => {
      await signIn();
      const { data } = await graph.ask(SIGN_IN, { input: credentials() });
      const everywhere =
        'mutation { signOutEverywhere(input: { keepCurrent: true }) { __typename } }';
      await graph.ask(everywhere, {}, data.signIn.session.accessToken);
      const isRefused = async () => (await ask(page, ME)).status;
      await expect.poll(isRefused, { timeout: 20_000 }).toBe(401);
      const { text } = await ask(page, REFRESH, { isSession: true });
      expect(JSON.parse(text).data.refreshSession.__typename).toBe('SessionEnded');
      expect(await names()).toEqual(['__Host-civitas-device']);
    });
  });
}
