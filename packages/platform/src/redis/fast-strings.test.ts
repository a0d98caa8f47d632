import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

/** In a process of its own: whether strings are slow is true of a whole process. */
async function areStringsFastAfter(module: string): Promise<boolean> {
  const script = `await import(${JSON.stringify(module)}); console.log(%HasFastProperties(String.prototype))`;
  const args = ['--allow-natives-syntax', '--input-type=module', '--eval', script];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return stdout.trim() === 'true';
}

it('strings are fast where Redis is used, which its client alone prevents', async () => {
  const ours = new URL('./connect-redis.ts', import.meta.url).href;
  const [alone, withOurs] = await Promise.all([
    areStringsFastAfter(import.meta.resolve('ioredis')),
    areStringsFastAfter(ours),
  ]);
  // When the client does it no more, `fast-strings.ts` can go.
  expect({ alone, withOurs }).toEqual({ alone: false, withOurs: true });
});
