import { globSync } from 'node:fs';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import config from './boundary-rules.ts';

const ROOTS = ['apps', 'gateway', 'packages', 'subgraphs'];

const { output } = await cruise(ROOTS, {
  ...config.options,
  ruleSet: config,
  validate: true,
} as never);
const { modules, summary } = output as ICruiseResult;

for (const { rule, from, to } of summary.violations) {
  console.error(`boundaries: ${rule.name}: ${from} → ${to}`);
}

// Without a parser for TypeScript the tool reads nothing and is content, so its work is counted.
const expected = globSync(`{${ROOTS.join(',')}}/**/*.ts`, {
  exclude: (path) => /node_modules|generated/.test(path),
});
const read = modules.filter(({ source }) => ROOTS.some((root) => source.startsWith(`${root}/`)));
const edges = read.reduce((total, { dependencies }) => total + dependencies.length, 0);
console.log(`boundaries: ${read.length} of ${expected.length} modules read, ${edges} imports`);
if (read.length < expected.length || edges < expected.length) {
  console.error('boundaries: not every module was read');
  process.exitCode = 1;
}
if (summary.error > 0) process.exitCode = 1;
