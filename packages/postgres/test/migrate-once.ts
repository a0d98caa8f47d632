/** A process that migrates one database, to be killed on the way. */
import { migrate } from '../src/migrations/index.ts';

const [url, directory] = process.argv.slice(2);
if (!url || !directory) throw new Error('usage: migrate-once <url> <directory>');
await migrate({ url, directory });
