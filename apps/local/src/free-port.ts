import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { LocalStartError } from './local-start-error.ts';

/** Below the ports that systems give to connections, one of which would often be taken before it is needed. */
const CHOSEN_FROM = [20_000, 32_000] as const;
const TRIES = 50;

/**
 * The port to listen on, asked for before anything is started or changed; for 0 a free one, which everything that
 * names addresses has to know.
 *
 * @throws LocalStartError when somebody else listens on it.
 */
export async function findPort(wanted: number): Promise<number> {
  for (let tries = 1; ; tries += 1) {
    const port = wanted === 0 ? randomInt(...CHOSEN_FROM) : wanted;
    const refused = await tryPort(port);
    if (refused === null) return port;
    if (wanted === 0 && tries < TRIES) continue;
    const { code, message } = refused;
    const reason = code === 'EADDRINUSE' ? 'is taken' : `cannot be used (${message})`;
    const remedy = 'choose another: npm start -- --port 4001';
    throw new LocalStartError(`Port ${port} ${reason}; ${remedy}`);
  }
}

function tryPort(port: number): Promise<NodeJS.ErrnoException | null> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', resolve);
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(null)));
  });
}
