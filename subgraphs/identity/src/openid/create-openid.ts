import type { HttpRoute } from '@civitas/platform/subgraph';
import type { Logger } from '@civitas/platform/telemetry';
import type { IdentityDatabase } from '../context.ts';
import { createSealer } from '../secrets/index.ts';
import { createAttemptCookie } from './attempt-cookie.ts';
import { createProvider } from './provider.ts';
import { cameBefore, keepAnswer } from './provider-answers.ts';
import type { ProviderConfig } from './provider-config.ts';
import { signInRoutes } from './sign-in-routes.ts';

interface OpenidOptions {
  readonly providers: readonly ProviderConfig[];
  /** Where people reach the gateway; its `/signin/<id>/callback` is registered with each provider. */
  readonly publicUrl: string;
  /** Addresses of apps that may get an answer. */
  readonly returnUrls: readonly string[];
  /** 256 bits; seals what a browser carries. */
  readonly key: Uint8Array;
  readonly db: IdentityDatabase;
  readonly now: () => Date;
  readonly log: Logger;
}

/** Signing in with other providers: the routes, and what the sign-in page shows. */
export function createOpenid(options: OpenidOptions): {
  readonly routes: readonly HttpRoute[];
  readonly buttons: readonly { id: string; name: string; url: string }[];
} {
  const { publicUrl, db, now, log } = options;
  const isSecure = new URL(publicUrl).protocol === 'https:';
  const urlOf = (path: string) => new URL(path, publicUrl).href;
  const providers = options.providers.map((config) =>
    createProvider(config, urlOf(`/signin/${config.id}/callback`)),
  );
  return {
    buttons: providers.map(({ id, name }) => ({ id, name, url: urlOf(`/signin/${id}`) })),
    routes: signInRoutes({
      providers,
      publicUrl,
      returnUrls: new Set(options.returnUrls),
      cookie: createAttemptCookie(createSealer(options.key), isSecure),
      keepAnswer: (answer) => keepAnswer(db, answer, now()),
      cameBefore: (state) => cameBefore({ db, now, log }, state),
      now,
      log,
    }),
  };
}
