import type { Logger } from '@civitas/platform/telemetry';
import type { IdentityDatabase } from '../context.ts';
import type { PendingMail } from '../generated/prisma/client.ts';
import type { Mailer } from './mailer.ts';
import { type TemplateName, templates } from './templates.ts';

/** Sends what `queueMail` has written. Any number may run on one database. */
export interface MailWorker {
  start(): void;
  /** Looks for mail at once. */
  wake(): void;
  /** Waits for what is being sent. */
  stop(): Promise<void>;
}

interface MailWorkerOptions {
  readonly db: IdentityDatabase;
  readonly mailer: Mailer;
  readonly log: Logger;
  readonly now: () => Date;
}

const BATCH = 10;
/** Finds mail whose process died, and mail of other processes. */
const POLL_MS = 2_000;
/** Longer than a mailer takes to give up, so that nobody else sends the same mail meanwhile. */
const LEASE_MS = 2 * 60_000;
const FIRST_RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 60 * 60_000;
/** With the delays above about two days. */
const MAX_ATTEMPTS = 56;

/**
 * Makes the sender of one process. A mail is leased, sent, and only then deleted: when the process
 * dies in between it is sent again, with the same message id.
 */
export function createMailWorker(options: MailWorkerOptions): MailWorker {
  const { log } = options;
  const stopping = new AbortController();
  const isStopping = () => stopping.signal.aborted;
  let ring = Promise.withResolvers<void>();
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    while (!isStopping()) {
      // Renewed before looking, so that a wake during the work is not lost.
      ring = Promise.withResolvers<void>();
      const sent = await sendDue(options).catch((error: unknown) => {
        log.warn({ err: error }, 'mail could not be looked for');
        return 0;
      });
      if (sent === 0 && !isStopping()) await pause(ring.promise);
    }
  }

  return {
    start: () => {
      running ??= run();
    },
    wake: () => ring.resolve(),
    stop: async () => {
      stopping.abort();
      ring.resolve();
      await running;
    },
  };
}

async function pause(news: Promise<void>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, POLL_MS);
  await Promise.race([promise, news]);
  clearTimeout(timer);
}

/** @returns how many mails were taken in hand. */
async function sendDue(options: MailWorkerOptions): Promise<number> {
  const now = options.now();
  const due = await options.db.client.$queryRaw<PendingMail[]>`
    UPDATE pending_mail
    SET attempts = attempts + 1, due_at = ${new Date(now.getTime() + LEASE_MS)}
    WHERE id IN (
      SELECT id FROM pending_mail WHERE due_at <= ${now}
      ORDER BY due_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED
    )
    RETURNING id, template, user_id AS "userId", recipient, created_at AS "createdAt", attempts,
              reference, due_at AS "dueAt"`;
  await Promise.all(due.map((mail) => send(options, mail)));
  return due.length;
}

async function send({ db, mailer, log, now }: MailWorkerOptions, mail: PendingMail): Promise<void> {
  const about = { mailId: mail.id, template: mail.template, attempt: mail.attempts };
  try {
    const letter = await templates[mail.template as TemplateName](db, mail, now());
    if (letter) await mailer.send({ id: mail.id, to: mail.recipient, ...letter });
    await db.client.pendingMail.delete({ where: { id: mail.id } });
  } catch (error) {
    if (mail.attempts >= MAX_ATTEMPTS) {
      log.error({ err: error, ...about }, 'mail given up');
      await db.client.pendingMail.deleteMany({ where: { id: mail.id } });
      return;
    }
    log.warn({ err: error, ...about }, 'mail not sent, will be tried again');
    const waitMs = Math.min(FIRST_RETRY_MS * 2 ** (mail.attempts - 1), LONGEST_RETRY_MS);
    await db.client.pendingMail.updateMany({
      where: { id: mail.id },
      data: { dueAt: new Date(now().getTime() + waitMs) },
    });
  }
}
