import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';

/** Everything the generated code depends on; nothing is generated again until one of these changes. */
const INPUTS = [
  'codegen.ts',
  'package-lock.json',
  'packages/platform/src/scalars/shared.graphql',
  'subgraphs/*/src/models.ts',
  'subgraphs/*/src/**/schema.graphql',
];
const PRISMA_SCHEMAS = ['prisma/*/schema.prisma', 'packages/platform/test/schema.prisma'];
const STAMP = 'node_modules/.cache/civitas-codegen';

const prismaSchemas = globSync(PRISMA_SCHEMAS);
const fingerprint = createHash('sha256');
for (const path of [...globSync(INPUTS), ...prismaSchemas].sort()) {
  fingerprint.update(`${path}\0`).update(readFileSync(path));
}
const digest = fingerprint.digest('hex');
const outputs = globSync('subgraphs/*/src/generated/{resolvers.ts,prisma/client.ts}');
const stamp = `${digest} ${outputs.length}`;

if (!existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== stamp) {
  await Promise.all([generateResolverTypes(), generatePrismaClients()]);
  const made = globSync('subgraphs/*/src/generated/{resolvers.ts,prisma/client.ts}');
  mkdirSync('node_modules/.cache', { recursive: true });
  writeFileSync(STAMP, `${digest} ${made.length}`);
}

async function generateResolverTypes(): Promise<void> {
  const { generate } = await import('@graphql-codegen/cli');
  const { default: config } = await import('../codegen.ts');
  await generate(config, true);
}

/** One after the other: each of them is a process that keeps a core busy. */
async function generatePrismaClients(): Promise<void> {
  for (const schema of prismaSchemas) {
    await promisify(execFile)('prisma', ['generate', '--schema', schema], {
      env: {
        ...process.env,
        // Generating needs no engine, but Prisma looks for one and would try to download it.
        PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true',
        PRISMA_HIDE_UPDATE_MESSAGE: '1',
        CHECKPOINT_DISABLE: '1',
      },
    });
  }
}
