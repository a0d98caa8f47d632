import { createRequire } from 'node:module';

// As CommonJS, all of them: two copies of the editor's state would not know each other.
const load = createRequire(import.meta.url);
const { ensureSyntaxTree } = load(
  '@codemirror/language',
) as typeof import('@codemirror/language', { with: { 'resolution-mode': 'require' }});
const { EditorState } = load('@codemirror/state') as typeof import('@codemirror/state', { with: {
  'resolution-mode': 'require',
}});
const { promQLLanguage, LanguageType } = load(
  '@prometheus-io/codemirror-promql',
) as typeof import('@prometheus-io/codemirror-promql');
const { Parser } = load(
  '@prometheus-io/codemirror-promql/dist/cjs/parser/index.js',
) as typeof import('@prometheus-io/codemirror-promql/dist/cjs/parser/index.js');

const PATIENCE_MS = 10_000;

/**
 * What is wrong with an expression, as Prometheus' own editor says it: syntax, types of operands and
 * arguments, matching of vectors.
 */
export function promqlFaults(expression: string): readonly string[] {
  const begun = EditorState.create({
    doc: expression,
    extensions: [promQLLanguage(LanguageType.PromQL)],
  });
  // The editor reads for 20 ms and goes on later; on a busy machine that is half of it.
  if (!ensureSyntaxTree(begun, expression.length, PATIENCE_MS))
    throw new Error('Not read in time.');
  const parser = new Parser(begun.update({}).state);
  parser.analyze();
  return parser.getDiagnostics().map(({ message, from }) => `${message} (at ${from})`);
}
