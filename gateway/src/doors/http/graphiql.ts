import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { GRAPHQL_PATH } from '../door.ts';
import type { Reply } from '../reply.ts';

/** What the editor shows to somebody who opens it for the first time. */
export interface GraphiqlOptions {
  readonly title?: string;
  /** One tab per example; JSON texts for variables and headers. */
  readonly examples?: readonly {
    readonly query: string;
    readonly variables?: string;
    readonly headers?: string;
  }[];
}

/**
 * The page is one document with all its scripts inside; the policy lets it load nothing from
 * anywhere else. The editor compiles its worker from a blob.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'unsafe-inline' 'unsafe-eval' blob:",
  'worker-src blob:',
  "style-src 'unsafe-inline'",
  'img-src data:',
  'font-src data:',
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * Tabs that GraphiQL 5 begins with keep where they have slid from, as a transform that its style sheet
 * overrules until they have the focus: pressed, a tab jumps away from under the pointer, and nothing is
 * clicked. Here it is forgotten before.
 */
const TABS_STAY = `<script>
  addEventListener('pointerdown', ({ target }) => {
    target.closest?.('.graphiql-tab')?.style.setProperty('transform', 'none');
  }, true);
</script>`;

/**
 * Serves GraphiQL from its package. The package weighs 9 MB, so it is loaded, rendered and
 * compressed when somebody first asks (some 0.5 s), and only the compressed page is kept.
 */
export function graphiqlDoor(options: GraphiqlOptions): () => Promise<Reply> {
  let page: Promise<Buffer> | undefined;
  return async () => {
    page ??= render(options);
    return {
      status: 200,
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'content-encoding': 'gzip',
        'content-security-policy': CONTENT_SECURITY_POLICY,
      },
      body: await page,
    };
  };
}

async function render({ title = 'Civitas', examples = [] }: GraphiqlOptions): Promise<Buffer> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const html = renderGraphiQL({
    title,
    endpoint: GRAPHQL_PATH,
    subscriptionsProtocol: 'WS',
    defaultTabs: examples.map(({ query, variables, headers }) => ({ query, variables, headers })),
  });
  return promisify(gzip)(html.replace('<head>', `<head>${TABS_STAY}`));
}
