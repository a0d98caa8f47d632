import type { IdentityDatabase } from '../context.ts';
import type { DataRequest } from '../generated/prisma/client.ts';

/**
 * The document of a completed export, in the words of whoever holds the data: by subgraph and
 * section, rows with times in UTC and amounts as decimal strings.
 *
 * @returns JSON; null when there is none with this id, or it is not there (any more).
 */
export async function exportDocument(
  db: IdentityDatabase,
  requestId: string,
  now: Date,
): Promise<string | null> {
  const request = await db.client.dataRequest.findUnique({ where: { id: requestId } });
  if (!isAvailable(request, now)) return null;
  // Of several whole attempts the newest.
  const parts = await db.client.$queryRaw<{ subgraph: string; section: string; rows: object[] }[]>`
    WITH whole AS (
      SELECT subgraph, max(attempt) AS attempt FROM (
        SELECT subgraph, attempt FROM data_request_part WHERE request_id = ${requestId}
        GROUP BY subgraph, attempt HAVING count(*) = max(index) FILTER (WHERE last) + 1
      ) AS attempts GROUP BY subgraph
    )
    SELECT subgraph, section, rows FROM data_request_part JOIN whole USING (subgraph, attempt)
    WHERE request_id = ${requestId} AND section <> '' ORDER BY subgraph, index`;
  const data: Record<string, Record<string, object[]>> = {};
  for (const { subgraph, section, rows } of parts) {
    const sections = data[subgraph] ?? {};
    data[subgraph] = { ...sections, [section]: [...(sections[section] ?? []), ...rows] };
  }
  const { userId: person, requestedAt } = request;
  return JSON.stringify({ person, requestedAt, data }, null, 2);
}

/** Whether there is a document to fetch. */
export function isAvailable(request: DataRequest | null, now: Date): request is DataRequest {
  return (
    request?.kind === 'EXPORT' &&
    request.stage === 'COMPLETED' &&
    request.expiresAt !== null &&
    request.expiresAt > now
  );
}
