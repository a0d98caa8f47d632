/** Who may import whom. The reasons are in docs/decisions/0003-boundaries.md. */
export default {
  forbidden: [
    {
      name: 'platform-knows-nobody',
      severity: 'error',
      from: { path: '^packages/platform/src', pathNot: '\\.test\\.ts$' },
      to: { path: '^(apps|gateway|subgraphs|packages/(?!platform/))' },
    },
    {
      name: 'subgraphs-stay-apart',
      comment: 'Subgraphs talk through the graph and through events.',
      severity: 'error',
      from: { path: '^subgraphs/([^/]+)/' },
      to: { path: '^(subgraphs/(?!$1/)|gateway|apps)' },
    },
    {
      name: 'gateway-knows-no-subgraph',
      severity: 'error',
      from: { path: '^gateway/' },
      to: { path: '^(subgraphs|apps)' },
    },
    {
      name: 'features-meet-at-the-door',
      comment: 'A feature is reached through its index or its service.',
      severity: 'error',
      from: { path: '^subgraphs/([^/]+)/src/([^/]+)/' },
      to: {
        path: '^subgraphs/$1/src/[^/]+/',
        pathNot: '^subgraphs/$1/src/($2/|generated/|testing/|[^/]+/(index|service)\\.ts$)',
      },
    },
    {
      name: 'test-tools-stay-in-tests',
      severity: 'error',
      from: {
        path: '^(packages/platform|gateway|subgraphs)/',
        pathNot: '(\\.test\\.ts|/testing/.*|/test/.*)$',
      },
      to: { path: '^packages/testkit' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)generated/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['node', 'import'],
      extensions: ['.ts', '.js', '.mjs'],
    },
  },
};
