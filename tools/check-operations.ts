import { globSync, readFileSync } from 'node:fs';
import { loadSupergraph } from '@civitas/gateway';
import { type DocumentNode, GraphQLError, Kind, parse, Source, validate } from 'graphql';
import { supergraphPath } from '../apps/local/src/supergraph.ts';
import { faultsOf } from './operations/faults-of.ts';
import { readManifest } from './operations/read-manifest.ts';
import { rootsWithoutOperation } from './operations/roots-without-operation.ts';
import { unsizedLists } from './operations/unsized-lists.ts';

/**
 * Validates every client operation of `operations/` against the API of the committed supergraph,
 * so that a schema change that breaks a client is seen before it lands; and that none is missing.
 */
const supergraph = loadSupergraph(readFileSync(supergraphPath, 'utf8'));
const { schema } = supergraph;

const paths = globSync('operations/**/*.graphql').sort();
const names = new Map<string, string>();
const documents: DocumentNode[] = [];
let faults = 0;

function report(path: string, message: string): void {
  faults += 1;
  console.error(`operations: ${path}: ${message}`);
}

for (const path of paths) {
  try {
    const document = parse(new Source(readFileSync(path, 'utf8'), path));
    for (const error of validate(schema, document)) report(path, error.message);
    checkNames(path, document);
    documents.push(document);
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    report(path, error.message);
  }
}

/** Clients are told apart in logs and metrics by the names of their operations. */
function checkNames(path: string, document: DocumentNode): void {
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const name = definition.name?.value;
    if (name === undefined) report(path, 'an operation has no name');
    else if (names.has(name)) report(path, `${name} is also in ${names.get(name)}`);
    else names.set(name, path);
  }
}

for (const field of rootsWithoutOperation(schema, documents)) {
  report('supergraph.graphql', `no operation selects ${field}`);
}
for (const field of unsizedLists(supergraph)) {
  report('supergraph.graphql', `${field} is a list without @listSize`);
}

for (const path of globSync('examples/*/operations.json')) {
  for (const fault of faultsOf(readManifest(path), schema)) report(path, fault);
}

console.log(`operations: ${names.size} operations in ${paths.length} files checked`);
if (faults > 0 || paths.length === 0) process.exitCode = 1;
