import type { Examples } from './demo/examples.ts';
import { DEMO_API_KEY } from './demo/partners.ts';

/** What somebody who has just started the graph wants to know. */
export function banner(url: string, examples: Examples | null): string {
  const home = url.replace(/graphql$/, '');
  const lines = ['', `  Civitas is ready: ${url}`, `  Try it in GraphiQL:  ${home}`, ''];
  if (examples) {
    lines.push(`  Sign in as anybody with the password "${examples.signIns[0]?.password}":`);
    for (const { who, email } of examples.signIns) lines.push(`    ${email.padEnd(48)} ${who}`);
    lines.push('  Here a platform role counts without a second factor; elsewhere it takes one.');
    lines.push('', `  A partner's API key, see examples/partner: ${DEMO_API_KEY}`);
    lines.push('', '  Queries worth trying (they are tabs in GraphiQL):');
    const printed = examples.queries.filter(({ needsToken = false }) => !needsToken);
    for (const [index, { title, query, variables }] of printed.entries()) {
      const body = JSON.stringify({ query: onOneLine(query), variables });
      lines.push(
        `    ${index + 1}. ${title}`,
        `       curl -s ${url} -H 'content-type: application/json' -d '${body}'`,
      );
    }
  } else {
    lines.push('  There is no demo data (--seed none); start with the mutation `register`.');
  }
  lines.push('', '  Ctrl-C stops it.', '');
  return lines.join('\n');
}

/** Operations of ours hold no block strings, so white space has no meaning. */
function onOneLine(query: string): string {
  return query
    .replaceAll(/^\s*#.*$/gm, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
