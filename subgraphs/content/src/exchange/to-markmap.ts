import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { type ExchangedSubject, growBranches, type TopicBranch } from './exchanged-subject.ts';

interface MarkmapNode {
  /** HTML, as markmap wants it: our titles are text and are escaped. */
  readonly content: string;
  readonly children: readonly MarkmapNode[];
}

const DRAW =
  "markmap.Markmap.create('#map', null, JSON.parse(document.getElementById('tree').textContent))";

/** What the page runs: read once, when the first one is made. */
let scripts: readonly string[] | undefined;

/**
 * Writes a subject as a page that shows its titles as a mind map (https://markmap.js.org) and, where no
 * script runs, as nested lists. Titles are escaped: markmap itself would let markup through. The page
 * holds all it needs, asks nobody for anything, and runs only what its policy names by its hash.
 */
export function toMarkmap({ title, topics }: ExchangedSubject): string {
  const root = { content: escapeHtml(title), children: growBranches(topics).map(nodeOf) };
  // `<` would end the script, whatever stands around it.
  const data = JSON.stringify(root).replaceAll('<', '\\u003c');
  scripts ??= [
    browserBuild('d3', 'd3.min.js'),
    browserBuild('markmap-view', 'browser/index.js'),
    DRAW,
  ];
  const hashes = scripts.map((script) => `'sha256-${hashOf(script)}'`).join(' ');
  const policy = `default-src 'none'; script-src ${hashes}; style-src 'unsafe-inline'`;
  return `<!doctype html>
<html>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>html, body, svg { width: 100%; height: 100%; margin: 0 } svg { display: block }</style>
</head>
<body>
<noscript>${listOf(root)}</noscript>
<svg id="map"></svg>
<script type="application/json" id="tree">${data}</script>
${scripts.map((script) => `<script>${script}</script>`).join('\n')}
</body>
</html>
`;
}

/** A package's file for browsers, which stands beside the one that Node would load. */
function browserBuild(name: string, file: string): string {
  const entry = pathToFileURL(createRequire(import.meta.url).resolve(name));
  const directory = entry.href.slice(0, entry.href.lastIndexOf(`/${name}/`) + name.length + 2);
  const script = readFileSync(new URL(`dist/${file}`, directory), 'utf8');
  // In a script of ours it would end the element.
  return script.replaceAll('</script', '<\\/script');
}

function hashOf(script: string): string {
  return createHash('sha256').update(script).digest('base64');
}

function nodeOf({ title, children }: TopicBranch): MarkmapNode {
  return { content: escapeHtml(title), children: children.map(nodeOf) };
}

function listOf({ content, children }: MarkmapNode): string {
  const inner =
    children.length === 0
      ? ''
      : `<ul>${children.map((child) => `<li>${listOf(child)}</li>`).join('')}</ul>`;
  return `${content}${inner}`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
