import { expect } from 'vitest';
import { addressesOf, PASSWORD, type Story } from './story.ts';

/** She was signed in here and there, takes what is hers, and leaves. */
export async function leave(story: Story): Promise<void> {
  const { anybody, me } = story;
  const input = { email: addressesOf(story).now, password: PASSWORD };
  const signIn = async () => (await anybody.send('SignIn', { input })).signIn.session;
  const { refreshToken } = await signIn();
  await anybody.send('RefreshSession', { input: { refreshToken } });
  await refreshInCookies(story, input);
  await me.send('AccountSecurity');
  await me.send('SignOut', { input: { sessionId: (await signIn()).sessionId } });
  await me.send('SignOutEverywhere', { input: { keepCurrent: true } });
  await me.send('RequestDataExport', { input: { password: PASSWORD } });
  await me.send('MyDataRequests');
  await me.send('RequestErasure', { input: { password: PASSWORD } });
}

/** What a web app does, whose tokens are in cookies. */
async function refreshInCookies({ graph, saved }: Story, input: object): Promise<void> {
  const post = async (query: string, variables: object, cookie = '') => {
    const headers = {
      'content-type': 'application/json',
      'civitas-session': 'cookie',
      origin: new URL(graph.url).origin,
      cookie,
    };
    const body = JSON.stringify({ query, variables });
    const answer = await fetch(graph.url, { method: 'POST', headers, body });
    const cookies = answer.headers.getSetCookie().map((each) => each.split(';')[0]);
    return { cookie: cookies.join('; '), answer: await answer.json() };
  };
  const { cookie } = await post(saved.take('SignIn'), { input });
  const { answer } = await post(saved.take('RefreshWebSession'), {}, cookie);
  expect(answer).toMatchObject({
    data: { refreshSession: { __typename: 'RefreshSessionSuccess' } },
  });
}
