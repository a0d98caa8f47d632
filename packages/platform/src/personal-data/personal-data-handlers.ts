import type { PrismaClientLike, SqlRunner, TransactionOf } from '../database/index.ts';
import { appendEvents, type EventHandler, type NewEvent } from '../events/index.ts';
import { type ExportedPart, personalDataRequest } from './answers.ts';

export interface SectionPage {
  readonly skip: number;
  readonly take: number;
}

/** What one subgraph holds of a person. */
export interface PersonalData<Client extends PrismaClientLike> {
  /** The source of its answers. */
  readonly subgraph: string;
  /**
   * By name as it stands in the export: rows of the person in a fixed order. Of other people at most
   * ids; bytes are left out.
   */
  readonly sections: Readonly<
    Record<
      string,
      (tx: TransactionOf<Client>, userId: string, page: SectionPage) => Promise<readonly object[]>
    >
  >;
  /**
   * Takes away what is personal and keeps what others rely on. Runs again for the same person, who
   * may have written something with their last access token.
   */
  erase(tx: TransactionOf<Client>, userId: string, now: Date): Promise<void>;
  readonly now: () => Date;
}

const PAGE_ROWS = 200;
/** Of one event, in characters of JSON; one row that is longer travels alone. */
const PART_CHARACTERS = 200_000;

/**
 * Handlers of a subgraph that holds data of people: it answers a request for an export with its
 * parts, and an erasure with a word when it is done, each in the transaction of what it tells of. To
 * be asked again does no harm.
 *
 * @param source the subgraph that asks, which owns people.
 */
export function personalDataHandlers<Client extends PrismaClientLike>(
  source: string,
  data: PersonalData<Client>,
): Readonly<Record<string, EventHandler<Client>>> {
  return {
    [`${source}.data-export.requested`]: async (tx, event) => {
      const request = personalDataRequest.parse(event.payload);
      for await (const part of partsOf(tx, data, request)) {
        await appendEvents(sqlOf<Client>(tx), [
          answer(data, request, 'exported', part satisfies ExportedPart),
        ]);
      }
    },
    [`${source}.user.erased`]: async (tx, event) => {
      const request = personalDataRequest.parse(event.payload);
      await data.erase(tx, request.userId, data.now());
      await forgetExports(sqlOf<Client>(tx), data.subgraph, request.userId);
      await appendEvents(sqlOf<Client>(tx), [answer(data, request, 'erased', request)]);
    },
  };
}

type Request = Pick<ExportedPart, 'requestId' | 'userId' | 'attempt'>;

/** An aggregate per attempt: one whose events are parked must not hold the next one up. */
function answer<Client extends PrismaClientLike>(
  { subgraph, now }: PersonalData<Client>,
  { requestId, attempt }: Request,
  what: 'exported' | 'erased',
  payload: object,
): NewEvent {
  return {
    type: `${subgraph}.personal-data.${what}`,
    aggregateId: `${requestId}.${attempt}`,
    occurredAt: now(),
    payload,
  };
}

/**
 * Published events are kept for some days, parked ones until somebody mends what they stumble over; those
 * that carry somebody's data go with it.
 */
async function forgetExports(sql: SqlRunner, subgraph: string, userId: string): Promise<void> {
  await sql.$executeRaw`
    DELETE FROM outbox
    WHERE type = ${`${subgraph}.personal-data.exported`} AND payload->>'userId' = ${userId}
      AND published_at IS NOT NULL`;
  await sql.$executeRaw`
    DELETE FROM parked_event
    WHERE type LIKE '%.personal-data.exported' AND payload->>'userId' = ${userId}`;
}

/** Never holds more than a part in memory. */
async function* partsOf<Client extends PrismaClientLike>(
  tx: TransactionOf<Client>,
  { sections }: PersonalData<Client>,
  request: Request,
): AsyncGenerator<ExportedPart> {
  let index = 0;
  const part = (section: string, rows: ExportedPart['rows'], last = false) => ({
    ...request,
    index: index++,
    last,
    section,
    rows,
  });
  for (const [section, read] of Object.entries(sections)) {
    let rows: ExportedPart['rows'] = [];
    let characters = 0;
    for await (const { row, length } of rowsOf((page) => read(tx, request.userId, page))) {
      if (characters + length > PART_CHARACTERS && rows.length > 0) {
        yield part(section, rows);
        [rows, characters] = [[], 0];
      }
      rows.push(row);
      characters += length;
    }
    if (rows.length > 0) yield part(section, rows);
  }
  yield part('', [], true);
}

async function* rowsOf(read: (page: SectionPage) => Promise<readonly object[]>) {
  for (let skip = 0; ; skip += PAGE_ROWS) {
    const page = await read({ skip, take: PAGE_ROWS });
    for (const each of page) {
      const json = JSON.stringify(each, plainValue);
      yield { row: JSON.parse(json) as Record<string, unknown>, length: json.length };
    }
    if (page.length < PAGE_ROWS) return;
  }
}

/** Amounts as decimal strings; hashes, keys and pictures are no use in a document. */
function plainValue(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  return value instanceof Uint8Array ? undefined : value;
}

function sqlOf<Client extends PrismaClientLike>(tx: TransactionOf<Client>): SqlRunner {
  return tx;
}
