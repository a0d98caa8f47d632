/** A process that starts a server, says where, and then lives until it is killed. */
import { startEmbeddedPostgres } from '../src/embedded/index.ts';

const [dataDirectory, ending] = process.argv.slice(2);
if (!dataDirectory) throw new Error('usage: hold-server <data directory> [exit]');
const server = await startEmbeddedPostgres({ dataDirectory, durable: false });
console.log(server.adminUrl);
// 'exit': ends by itself, without stopping the server.
if (ending !== 'exit') setInterval(() => undefined, 1_000);
