import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { CodegenConfig } from '@graphql-codegen/cli';

/**
 * Resolver types of every subgraph, from its SDL. `src/models.ts` of a subgraph says what its
 * resolvers pass around for an object type: an exported `UserModel` stands for the type `User`.
 */
function resolverTypesOf(subgraph: string): CodegenConfig['generates'][string] {
  return {
    schema: [
      'packages/platform/src/scalars/shared.graphql',
      `subgraphs/${subgraph}/src/**/schema.graphql`,
    ],
    plugins: ['typescript', 'typescript-resolvers'],
    config: {
      federation: true,
      useTypeImports: true,
      enumsAsTypes: true,
      immutableTypes: true,
      makeResolverTypeCallable: false,
      contextType: `../context.ts#${pascal(subgraph)}Context`,
      mappers: mappersOf(subgraph),
      resolversNonOptionalTypename: { unionMember: true, interfaceImplementingType: true },
      scalars: {
        ID: 'string',
        Base64: { input: 'Uint8Array', output: 'string | Uint8Array' },
        BigInt: { input: 'bigint', output: 'bigint' },
        DateTime: { input: 'Date', output: 'Date' },
      },
      avoidOptionals: { field: true, inputValue: false, object: true, defaultValue: true },
      importExtension: '.ts',
    },
  };
}

function mappersOf(subgraph: string): Record<string, string> {
  const models = `subgraphs/${subgraph}/src/models.ts`;
  if (!existsSync(models)) return {};
  const names = readFileSync(models, 'utf8').matchAll(/^export (?:type|interface) (\w+)Model\b/gm);
  return Object.fromEntries(
    Array.from(names, ([, type]) => [type, `../models.ts#${type}Model`] as const),
  );
}

function pascal(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

const config: CodegenConfig = {
  silent: true,
  generates: Object.fromEntries(
    readdirSync('subgraphs').map((subgraph) => [
      `subgraphs/${subgraph}/src/generated/resolvers.ts`,
      resolverTypesOf(subgraph),
    ]),
  ),
};

export default config;
