import { readdirSync } from 'node:fs';
import graphql from '@graphql-eslint/eslint-plugin';

/** SDL is linted per subgraph, since each is a schema of its own. */
const subgraphs = readdirSync('subgraphs');

const schemaRules = {
  '@graphql-eslint/naming-convention': [
    'error',
    {
      types: 'PascalCase',
      FieldDefinition: 'camelCase',
      InputValueDefinition: 'camelCase',
      EnumValueDefinition: 'UPPER_CASE',
      'FieldDefinition[parent.name.value=Query]': { forbiddenPrefixes: ['query', 'get', 'fetch'] },
      'FieldDefinition[parent.name.value=Mutation]': { forbiddenSuffixes: ['Mutation'] },
    },
  ],
  '@graphql-eslint/no-hashtag-description': 'error',
  '@graphql-eslint/require-deprecation-reason': 'error',
  '@graphql-eslint/require-description': [
    'error',
    {
      rootField: true,
      InterfaceTypeDefinition: true,
      InputObjectTypeDefinition: false,
      // Connections, edges, results and their like are explained by the house's conventions.
      ignoredSelectors: [
        '[type=ObjectTypeDefinition][name.value=/^(Query|Mutation|Subscription|User)$/]',
        '[type=ObjectTypeDefinition][name.value=/(Connection|Edge|Success)$/]',
      ],
      ObjectTypeDefinition: true,
    },
  ],
};

export default [
  { ignores: ['**/node_modules/**', 'supergraph.graphql', '**/*.{js,mjs,ts,tsx}'] },
  {
    files: [
      'packages/platform/src/scalars/shared.graphql',
      ...subgraphs.map((name) => `subgraphs/${name}/src/**/schema.graphql`),
    ],
    languageOptions: {
      parser: graphql.parser,
      // Only tells which types are the roots; the rules look at one file at a time.
      parserOptions: { graphQLConfig: { schema: './supergraph.graphql' } },
    },
    plugins: { '@graphql-eslint': graphql },
    rules: schemaRules,
  },
];
