import { createServer } from 'node:net';
import { LocalStartError } from './local-start-error.ts';

/**
 * Asks for the port before anything is started or changed.
 *
 * @throws LocalStartError when somebody else listens on it.
 */
export async function assertPortFree(port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const probe = createServer();
    probe.once('error', ({ code, message }: NodeJS.ErrnoException) => {
      const reason = code === 'EADDRINUSE' ? 'is taken' : `cannot be used (${message})`;
      const remedy = 'choose another: npm start -- --port 4001';
      reject(new LocalStartError(`Port ${port} ${reason}; ${remedy}`));
    });
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve()));
  });
}
