import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '@civitas/platform/telemetry';
import type { Mailer } from './mailer.ts';

/**
 * The mailer of a machine without a mail system: one text file per mail, readable for the owner
 * alone. The log has the file's name, never what is in it, because mails hold tokens.
 */
export function createFileMailer({
  directory,
  log,
}: {
  readonly directory: string;
  readonly log: Logger;
}): Mailer {
  return {
    send: async ({ id, to, subject, text }) => {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const instant = new Date().toISOString().replaceAll(':', '-');
      const file = join(directory, `${instant}-${randomUUID().slice(0, 8)}.txt`);
      const head = `Message-ID: <${id}@civitas.local>\nTo: ${to}\nSubject: ${subject}\n\n`;
      await writeFile(file, head + text, { mode: 0o600 });
      log.info({ file }, 'mail written');
    },
    close: async () => undefined,
  };
}
