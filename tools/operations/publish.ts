import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { OperationsError } from './operations-error.ts';
import type { ManifestOperation } from './read-manifest.ts';

interface Publication {
  readonly client: string;
  /** Of the gateway. */
  readonly url: string;
  readonly token: string;
  readonly operations: readonly ManifestOperation[];
}

interface Published {
  readonly added: number;
  readonly version: number;
}

/** Below identity's 500 and the gateway's 1 MiB, JSON's escapes included. */
const MAX_OPERATIONS = 400;
const MAX_CHARACTERS = 384 * 1024;
const MAX_WAITS = 10;

const PUBLISH = readFileSync(
  new URL('../../operations/identity/publish-operations.graphql', import.meta.url),
  'utf8',
);

const answerShape = z.object({
  data: z
    .object({
      publishOperations: z
        .object({
          message: z.string().optional(),
          path: z.array(z.string()).nullish(),
          added: z.int().optional(),
          partnerAccount: z.object({ manifestVersion: z.int() }).optional(),
        })
        .nullable(),
    })
    .nullish(),
  errors: z.array(z.object({ message: z.string() })).optional(),
});

/**
 * Sends the operations, in parts where they are too many for one request. What is there already stays,
 * so a publication that was cut off is simply made again.
 *
 * @throws OperationsError with what the graph says against it.
 */
export async function publish({ operations, ...to }: Publication): Promise<Published> {
  let added = 0;
  let version = 0;
  for (const part of partsOf(operations)) {
    const published = await publishPart(part, to);
    added += published.added;
    version = published.version;
  }
  return { added, version };
}

function partsOf(operations: readonly ManifestOperation[]): readonly ManifestOperation[][] {
  const parts: ManifestOperation[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const operation of operations) {
    const length = JSON.stringify(operation).length;
    size += length;
    const part = parts.at(-1);
    if (!part || size > MAX_CHARACTERS || part.length >= MAX_OPERATIONS) {
      parts.push([operation]);
      size = length;
    } else part.push(operation);
  }
  return parts;
}

async function publishPart(
  operations: readonly ManifestOperation[],
  { client, url, token }: Omit<Publication, 'operations'>,
): Promise<Published> {
  const body = JSON.stringify({
    query: PUBLISH,
    variables: { input: { client, operations } },
  });
  const response = await send(url, token, body);
  const answer = answerShape.safeParse(await response.json().catch(() => undefined));
  if (!answer.success)
    throw new OperationsError(`${url} answered ${response.status}, not GraphQL.`);
  const { data, errors = [] } = answer.data;
  const result = data?.publishOperations;
  if (errors[0] || !result) throw new OperationsError(errors[0]?.message ?? 'No answer.');
  if (result.partnerAccount) {
    return { added: result.added ?? 0, version: result.partnerAccount.manifestVersion };
  }
  const index = Number(result.path?.[2] ?? Number.NaN);
  const which = operations[index]?.operationId;
  throw new OperationsError(`${which ? `${which}: ` : ''}${result.message}`);
}

/** Comes back when it was told to wait, as often as is sensible. */
async function send(url: string, token: string, body: string): Promise<Response> {
  for (let attempt = 0; ; attempt += 1) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body,
    }).catch((cause: unknown) => {
      throw new OperationsError(`${url} cannot be reached.`, { cause });
    });
    if (response.status !== 429 || attempt >= MAX_WAITS) return response;
    await wait(1000 * Number(response.headers.get('retry-after') ?? 1));
  }
}
