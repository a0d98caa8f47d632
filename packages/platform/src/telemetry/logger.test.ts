import { expect, test } from 'vitest';
import { createLogger } from './index.ts';

function logged(write: (log: ReturnType<typeof createLogger>) => void): string {
  let text = '';
  write(
    createLogger({
      name: 'test',
      level: 'trace',
      destination: {
        write: (line) => {
          text += line;
        },
      },
    }),
  );
  return text;
}

const SECRETS = {
  password: 'hunter2',
  passwordHash: 'hunter2',
  newPassword: 'hunter2',
  token: 'hunter2',
  accessToken: 'hunter2',
  refreshToken: 'hunter2',
  secret: 'hunter2',
  internalSecret: 'hunter2',
  apiKey: 'hunter2',
  privateKey: 'hunter2',
  authorization: 'Bearer hunter2',
  cookie: 'sid=hunter2',
  'set-cookie': 'sid=hunter2',
  'x-api-key': 'hunter2',
  'x-civitas-viewer': 'hunter2',
  connectionString: 'postgres://civitas:hunter2@db/civitas',
};

test.each(Object.entries(SECRETS))('%s never reaches a line, down to four levels', (key, value) => {
  const secret = { [key]: value };
  const text = logged((log) => {
    log.info(secret, 'flat');
    log.info({ a: secret }, 'one below');
    log.info({ a: { b: secret } }, 'two below');
    log.info({ a: { b: { c: secret } } }, 'three below');
    log.child(secret).info('bound to a child');
  });
  expect(text).not.toContain('hunter2');
  expect(text.match(/\[redacted\]/g)).toHaveLength(5);
});

test('what an error says of credentials is cut out, and its stack is kept', () => {
  const error = new Error(
    'connect postgres://civitas:hunter2@db:5432/x failed with Bearer eyJhbGciOi.hunter2.sig',
  );
  // As the client of Redis does when its password is refused.
  Object.assign(error, { command: { name: 'hello', args: ['3', 'AUTH', 'default', 'hunter2'] } });
  const text = logged((log) => log.error({ err: error }, 'failed'));
  expect(text).not.toContain('hunter2');
  expect(text).toContain('connect postgres://[redacted]@db:5432/x failed with Bearer [redacted]');
  expect(text).toContain('logger.test.ts');
});

test('what is no secret stays', () => {
  const text = logged((log) => log.info({ requestId: 'request-1', subgraph: 'content' }, 'asked'));
  expect(JSON.parse(text)).toMatchObject({
    level: 'info',
    name: 'test',
    requestId: 'request-1',
    subgraph: 'content',
    msg: 'asked',
  });
});
