import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInProcessBus } from '@civitas/platform/events';
import { createMemoryKeyValueStore } from '@civitas/platform/keyvalue';
import { createInProcessPubSub } from '@civitas/platform/pubsub';
import { createLogger } from '@civitas/platform/telemetry';
import { expect, onTestFinished, test } from 'vitest';
import { createSubgraph } from '../index.ts';
import { recordingMailer, tokenIn } from '../testing/recording-mailer.ts';
import { identityConfig, testClock, useIdentity } from '../testing/use-identity.ts';
import { connectMailer } from './index.ts';

const clock = testClock();
const mailer = recordingMailer();
const identity = useIdentity({ clock, mailer });
const log = createLogger({ name: 'test', level: 'silent' });

test('mail that a mail server refuses is sent later, once', async () => {
  const { email } = await identity.register();
  mailer.failNext(2);
  await requestReset(email);
  const arrival = mailer.take(email, /^Reset/);
  // Each failed attempt waits longer; the poll of the worker finds it when its time has come.
  const passing = setInterval(() => clock.advance(10_000), 50);
  const mail = await arrival.finally(() => clearInterval(passing));
  expect(mailer.sent.filter(({ id }) => id === mail.id)).toHaveLength(1);
});

test('mail that was called for when a process died is sent by the next one', async () => {
  const { email } = await identity.register();
  mailer.failNext(1);
  await requestReset(email);
  await identity.subgraph.stop();
  const after = recordingMailer();
  clock.advance(60_000);
  const next = await createSubgraphOn(identity.databaseUrl, after);
  await next.start();
  onTestFinished(() => next.stop());
  expect(tokenIn(await after.take(email, /^Reset/))).toHaveLength(43);
});

async function requestReset(email: string): Promise<void> {
  await identity
    .as()
    .run(
      'mutation ($input: RequestPasswordResetInput!) { requestPasswordReset(input: $input) { __typename } }',
      { input: { email } },
    );
}

function createSubgraphOn(
  databaseUrl: string,
  other: Parameters<typeof createSubgraph>[0]['mailer'],
) {
  return createSubgraph({
    pubsub: createInProcessPubSub({ log }),
    ...identityConfig,
    databaseUrl,
    bus: createInProcessBus({ log }),
    keyValue: createMemoryKeyValueStore({ now: clock.now }),
    mailer: other,
    log,
    now: clock.now,
  });
}

const letter = {
  id: 'mai_1',
  to: 'ada@example.org',
  subject: 'Hello',
  text: 'A code:\n\n    abc\n',
};

test('without a mail server, mail is a file that only its owner can read', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'civitas-mail-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await connectMailer({ directory, log }).send(letter);
  const [file = ''] = await readdir(directory);
  const text = await readFile(join(directory, file), 'utf8');
  expect(text).toContain('To: ada@example.org\nSubject: Hello\n\nA code:');
  expect((await stat(join(directory, file))).mode & 0o077).toBe(0);
});

test('with neither server nor directory, mail is refused, so it waits', async () => {
  await expect(connectMailer({ log }).send(letter)).rejects.toThrow('SMTP_URL');
});

test('a mail server gets one message to one recipient, with nothing injected', async () => {
  const { url, received } = await smtpServer();
  const smtp = connectMailer({ smtpUrl: url, from: 'Civitas <no-reply@civitas.test>', log });
  onTestFinished(() => smtp.close());
  await smtp.send({ ...letter, to: 'ada@example.org', subject: 'Hello\r\nBcc: evil@example.org' });
  const { recipients, data } = await received;
  expect(recipients).toEqual(['<ada@example.org>']);
  expect(data).toContain('Message-ID: <mai_1@civitas.test>');
  expect(data).not.toMatch(/^Bcc:/im);
});

/** As much of RFC 5321 as taking one message needs. */
async function smtpServer() {
  const received = Promise.withResolvers<{ recipients: string[]; data: string }>();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    const recipients: string[] = [];
    let data: string | null = null;
    socket.write('220 test\r\n');
    socket.on('data', (chunk) => {
      if (data !== null) {
        data += chunk.toString();
        if (!data.endsWith('\r\n.\r\n')) return;
        received.resolve({ recipients, data });
        data = null;
        socket.write('250 taken\r\n');
        return;
      }
      for (const line of chunk.toString().split('\r\n').filter(Boolean)) {
        if (line.startsWith('RCPT TO:')) recipients.push(line.slice('RCPT TO:'.length));
        if (line === 'DATA') data = '';
        socket.write(line === 'DATA' ? '354 go on\r\n' : '250 ok\r\n');
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `smtp://127.0.0.1:${port}`, received: received.promise };
}
