import hljs from 'highlight.js/lib/common';
import katex from 'katex';
import MarkdownIt, { type Token } from 'markdown-it';
import { readReferences } from './wiki-links.ts';

/** Longer code is shown as it is: highlighting takes a while. */
const MAX_HIGHLIGHTED = 20_000;
/** Containers within containers; more are plain text, as the parser's work grows with them. */
const MAX_NESTING = 40;
const MAX_FORMULA = 2_000;

const parser = new MarkdownIt({
  // Markup in the text is text.
  html: false,
  linkify: true,
  highlight: (code, language) => {
    if (code.length > MAX_HIGHLIGHTED || hljs.getLanguage(language) === undefined) return '';
    return hljs.highlight(code, { language, ignoreIllegals: true }).value;
  },
});
parser.set({ maxNesting: MAX_NESTING });
parser.inline.ruler.before('link', 'topic_link', readReferences);
parser.inline.ruler.after('escape', 'formula', (state, isSilent) => {
  const rest = state.src.slice(state.pos, state.pos + MAX_FORMULA);
  // As Pandoc reads them: no blank inside the dollars, no digit behind them.
  const [whole, block, inline] =
    /^\$\$([^$]+)\$\$|^\$(?!\s)((?:[^$\\\n]|\\.)+?)(?<!\s)\$(?!\d)/v.exec(rest) ?? [];
  if (whole === undefined) return false;
  if (!isSilent) {
    const token = state.push('formula', 'math', 0);
    token.content = block ?? inline ?? '';
    token.block = block !== undefined;
  }
  state.pos += whole.length;
  return true;
});
parser.renderer.rules['formula'] = (tokens, index) => {
  const { content, block = false } = tokens[index] ?? { content: '' };
  return katex.renderToString(content, {
    displayMode: block,
    output: 'mathml',
    throwOnError: false,
    strict: 'ignore',
    maxExpand: 100,
    trust: false,
  });
};

parser.renderer.rules['task_box'] = (tokens, index, _options, _environment, renderer) =>
  `<input${renderer.renderAttrs(tokens[index] as Token)}> `;

/** A text as the tokens of markdown-it; rendered by {@link renderTokens}. */
export function parseMarkdown(markdown: string): Token[] {
  return parser.parse(markdown, {});
}

/** HTML that was not sanitised yet. */
export function renderTokens(tokens: Token[]): string {
  return parser.renderer.render(tokens, parser.options, {});
}
