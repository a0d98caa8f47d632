import { verify } from '@node-rs/argon2';
import { afterAll, expect, test } from 'vitest';
import { createPasswordHasher } from './password-hasher.ts';

const passwords = createPasswordHasher();
afterAll(() => passwords.stop());

test('a password matches its own hash, and nothing else does', async () => {
  const hash = await passwords.hash('correct horse battery');
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(await verify(hash, 'correct horse battery')).toBe(true);
  expect(await passwords.matches('correct horse battery', hash)).toBe(true);
  expect(await passwords.matches('correct horse batterx', hash)).toBe(false);
  expect(await passwords.matches('correct horse battery', null)).toBe(false);
});

test('a hash that is none is an error, and the next is compared', async () => {
  await expect(passwords.matches('anything', '$argon2id$broken')).rejects.toThrow();
  expect(await passwords.matches('anything', null)).toBe(false);
});

test('what is outdated had less work', () => {
  expect(passwords.isOutdated('$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$dGFn')).toBe(false);
  expect(passwords.isOutdated('$argon2id$v=19$m=19456,t=1,p=1$c2FsdA$dGFn')).toBe(true);
  expect(passwords.isOutdated('$argon2id$v=19$m=4096,t=3,p=1$c2FsdA$dGFn')).toBe(true);
  expect(passwords.isOutdated('$2b$12$bcrypt')).toBe(true);
});

test('a full line is refused with a code, and the event loop goes on meanwhile', async () => {
  const flooded = createPasswordHasher();
  let turns = 0;
  const turning = setInterval(() => {
    turns += 1;
  });
  const asked = Array.from({ length: 300 }, () => flooded.matches('flood', null));
  const refused = asked.map((answer) =>
    answer.then(
      () => null,
      ({ code }) => code,
    ),
  );
  expect(await refused.at(-1)).toBe('SERVICE_UNAVAILABLE');
  expect(await asked[0]).toBe(false);
  clearInterval(turning);
  expect(turns).toBeGreaterThan(0);
  await flooded.stop();
  // What was not begun is refused, none of it is left without an answer.
  expect(await Promise.all(refused)).toHaveLength(300);
});
