import { CivitasError } from '@civitas/platform/errors';
import type { HttpRoute } from '@civitas/platform/subgraph';
import type { IdentityDatabase } from '../context.ts';
import { DOWNLOADS, readDownloadPath } from './download-path.ts';
import { exportDocument } from './export-document.ts';

interface DownloadOptions {
  readonly db: IdentityDatabase;
  /** Signs the addresses of documents. */
  readonly key: Uint8Array;
  readonly now: () => Date;
}

/** Hands out the documents of completed exports, as files. */
export function downloadRoute({ db, key, now }: DownloadOptions): HttpRoute {
  return {
    method: 'GET',
    path: `${DOWNLOADS}*`,
    handle: async ({ path }) => {
      const id = readDownloadPath(path, key, now());
      const body = id === null ? null : await exportDocument(db, id, now());
      if (body === null) throw new CivitasError('NOT_FOUND');
      const headers = {
        'content-type': 'application/json',
        'content-disposition': 'attachment; filename="civitas-personal-data.json"',
        'cache-control': 'no-store',
      };
      return { status: 200, headers, body };
    },
  };
}
