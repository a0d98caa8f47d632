import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';
import type { ProviderConfig } from '../openid/index.ts';

/** What the provider knows of somebody, beside who they are. */
export interface KnownPerson {
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly name?: string;
}

/** A real OpenID Provider on loopback, where whoever the test says is signed in. */
export interface TestProvider {
  readonly config: ProviderConfig;
  /** Who comes next, by the provider's id for them. */
  person: string;
  readonly people: Map<string, KnownPerson>;
  stop(): Promise<void>;
}

export async function startOpenidProvider(...redirectUris: string[]): Promise<TestProvider> {
  const server = createServer();
  await listen(server);
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
  const config = {
    id: 'testid',
    name: 'TestID',
    issuer,
    clientId: 'civitas',
    clientSecret: 'a client secret for tests',
    scopes: 'openid email profile',
  };
  const people = new Map<string, KnownPerson>();
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: config.clientId,
        client_secret: config.clientSecret,
        redirect_uris: redirectUris,
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    ttl: { AccessToken: 60, Grant: 60, IdToken: 60, Interaction: 60, Session: 60 },
    cookies: { keys: ['a key for tests'] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, { uid }) => `/login/${uid}` },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, ...people.get(id) }),
    }),
    loadExistingGrant: async ({ oidc }) => {
      const clientId = oidc.client?.clientId ?? '';
      const grant = new provider.Grant({ clientId, accountId: oidc.session?.accountId ?? '' });
      grant.addOIDCScope(config.scopes);
      await grant.save();
      return grant;
    },
  });
  const answer = provider.callback();
  const test: TestProvider = {
    config,
    person: '',
    people,
    stop: () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections()),
  };
  server.on('request', (request, response) => {
    if (!request.url?.startsWith('/login/')) return void answer(request, response);
    const result = { login: { accountId: test.person } };
    void provider.interactionFinished(request, response, result, {
      mergeWithLastSubmission: false,
    });
  });
  return test;
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
}
