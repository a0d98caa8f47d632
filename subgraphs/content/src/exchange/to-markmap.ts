import { type ExchangedSubject, growBranches, type TopicBranch } from './exchanged-subject.ts';

interface MarkmapNode {
  /** HTML, as markmap wants it: our titles are text and are escaped. */
  readonly content: string;
  readonly children: readonly MarkmapNode[];
}

/**
 * Writes a subject as a page that shows its titles as a mind map (https://markmap.js.org) and, where no
 * script runs, as nested lists. Titles are escaped: markmap itself would let markup through. Pure.
 */
export function toMarkmap({ title, topics }: ExchangedSubject): string {
  const root = { content: escapeHtml(title), children: growBranches(topics).map(nodeOf) };
  // `<` would end the script, whatever stands around it.
  const data = JSON.stringify(root).replaceAll('<', '\\u003c');
  return `<!doctype html>
<html>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>html, body, svg { width: 100%; height: 100%; margin: 0 } svg { display: block }</style>
</head>
<body>
<noscript>${listOf(root)}</noscript>
<svg id="map"></svg>
<script type="application/json" id="tree">${data}</script>
<script src="https://cdn.jsdelivr.net/npm/d3@7.9.0"></script>
<script src="https://cdn.jsdelivr.net/npm/markmap-view@0.18.12"></script>
<script>markmap.Markmap.create('#map', null, JSON.parse(document.getElementById('tree').textContent))</script>
</body>
</html>
`;
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
