import { readFileSync, writeFileSync } from 'node:fs';
import { catalogue, codeOf } from '@civitas/platform/errors';
import { buildASTSchema, isInterfaceType, isObjectType, isUnionType, parse } from 'graphql';
import { supergraphPath } from '../apps/local/src/supergraph.ts';

/** Writes `docs/errors.md`; `--check` only says whether the committed one is fresh. */
const PATH = 'docs/errors.md';

const schema = buildASTSchema(parse(readFileSync(supergraphPath, 'utf8')), {
  assumeValidSDL: true,
});

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ').trim();
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [heads, heads.map(() => '---'), ...rows.map((row) => row.map(cell))];
  return lines.map((line) => `| ${line.join(' | ')} |`).join('\n');
}

const codes = Object.entries(catalogue).map(([code, { message, status, remedy, retryable }]) => [
  `\`${code}\``,
  String(status),
  message,
  remedy,
  retryable ? 'yes' : 'no',
]);

const userError = schema.getType('UserError');
if (!isInterfaceType(userError)) throw new Error('The supergraph has no interface UserError.');
const unions = Object.values(schema.getTypeMap()).filter(isUnionType);

const failures = schema
  .getPossibleTypes(userError)
  .filter(isObjectType)
  .toSorted((a, b) => a.name.localeCompare(b.name))
  .map((type) => [
    `\`${codeOf(type.name)}\``,
    `\`${type.name}\``,
    type.description ?? '',
    Object.keys(type.getFields())
      .filter((field) => !['code', 'message', 'path'].includes(field))
      .map((field) => `\`${field}\``)
      .join(', '),
    unions
      .filter((union) => union.getTypes().includes(type))
      .map((union) => `\`${union.name}\``)
      .sort()
      .join(', '),
  ]);

const text = `<!-- Made by \`npm run docs\` from packages/platform/src/errors/catalogue.ts and the schema. -->

# Errors

A code once published keeps its meaning.

## Errors of a request

They stand in \`errors[]\` with the code in \`extensions.code\` and the id of the request in
\`extensions.requestId\`. The HTTP status is that of a request that failed as a whole.

${table(['code', 'HTTP', 'message', 'what to do', 'retry'], codes)}

## Expected failures

They are data: members of a mutation's result that implement \`UserError\`. Nothing was changed.

${table(['code', 'type', 'meaning', 'also tells', 'member of'], failures)}
`;

if (!process.argv.includes('--check')) writeFileSync(PATH, text);
else if (readFileSync(PATH, 'utf8') !== text) {
  console.error(`docs: ${PATH} is stale; run \`npm run docs\` and commit it.`);
  process.exitCode = 1;
}
