import { z } from 'zod';

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

const issuer = z.url().refine((url) => {
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.has(hostname));
}, 'must be https, or http on this machine.');

const provider = z.strictObject({
  /** Part of the paths `/signin/<id>` and `/signin/<id>/callback`. */
  id: z.string().regex(/^[a-z][a-z0-9-]{0,29}$/),
  /** For the button: `Sign in with <name>`. */
  name: z.string().min(1).max(40),
  issuer,
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
  scopes: z
    .string()
    .default('openid email profile')
    .refine((scopes) => scopes.split(' ').includes('openid'), 'must have openid.'),
});

/** `SIGN_IN_RETURN_URLS`: addresses separated by commas. */
export const signInReturnUrls = z
  .string()
  .default('')
  .transform((text) => text.split(',').flatMap((url) => url.trim() || []));

/** One party that says who somebody is. Google, Auth0, Keycloak and their like need no more. */
export type ProviderConfig = z.output<typeof provider>;

/** `OPENID_PROVIDERS`: a JSON array of {@link ProviderConfig}. */
export const openidProviders = z
  .string()
  .default('[]')
  .transform((text, ctx) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      ctx.addIssue('must be JSON.');
      return z.NEVER;
    }
  })
  .pipe(z.array(provider).max(20))
  .refine(
    (providers) => new Set(providers.map(({ id }) => id)).size === providers.length,
    'must have different ids.',
  );
