import { expect, test } from 'vitest';
import { createLimit } from './index.ts';

test('no more than the limit run at once, and they start in the order they came', async () => {
  const limited = createLimit(2);
  const started: number[] = [];
  let running = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      limited(async () => {
        started.push(index);
        running += 1;
        most = Math.max(most, running);
        await new Promise(setImmediate);
        running -= 1;
      }),
    ),
  );
  expect(most).toBe(2);
  expect(started).toEqual(Array.from({ length: 10 }, (_, index) => index));
});

test('a full line refuses with a code, and a failure gives its place back', async () => {
  const limited = createLimit(1, 1);
  const failing = limited(() => Promise.reject(new Error('broken')));
  const waiting = limited(async () => 'done');
  await expect(limited(async () => 'refused')).rejects.toMatchObject({
    code: 'SERVICE_UNAVAILABLE',
  });
  await expect(failing).rejects.toThrow('broken');
  expect(await waiting).toBe('done');
  expect(await limited(async () => 'free again')).toBe('free again');
});
