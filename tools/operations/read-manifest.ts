import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { OperationsError } from './operations-error.ts';

/** An operation as it is registered. */
export interface ManifestOperation {
  readonly operationId: string;
  readonly document: string;
}

const MAX_FILE_BYTES = 32 * 1024 * 1024;

/** https://www.apollographql.com/docs/kotlin/advanced/persisted-queries and its other generators. */
const apolloManifest = z
  .object({
    format: z.literal('apollo-persisted-query-manifest'),
    version: z.literal(1),
    operations: z.array(z.object({ id: z.string(), body: z.string() })),
  })
  .transform(({ operations }) =>
    operations.map(({ id, body }) => ({ operationId: id, document: body })),
  );

/** What the client preset of GraphQL Code Generator writes with `persistedDocuments`. */
const presetManifest = z
  .record(z.string(), z.string())
  .transform((documents) =>
    Object.entries(documents).map(([operationId, document]) => ({ operationId, document })),
  );

/**
 * Reads a manifest in either form.
 *
 * @throws OperationsError when there is none, or nothing in it.
 */
export function readManifest(path: string): readonly ManifestOperation[] {
  const parsed = z.union([apolloManifest, presetManifest]).safeParse(parseFile(path));
  if (!parsed.success) {
    throw new OperationsError(
      `${path} is neither the client preset's manifest ({ "hash": "document" }) nor Apollo's.`,
    );
  }
  if (parsed.data.length === 0) throw new OperationsError(`${path} holds no operation.`);
  return parsed.data;
}

function parseFile(path: string): unknown {
  try {
    const { size } = statSync(path);
    if (size > MAX_FILE_BYTES) throw new Error(`has ${size} bytes; too many.`);
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new OperationsError(`${path} cannot be read: ${(error as Error).message}`);
  }
}
