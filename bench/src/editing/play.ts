import { setTimeout as delay } from 'node:timers/promises';
import * as Y from 'yjs';
import type { Connect } from './contender.ts';

/** What the editors of one round saw. */
export interface Played {
  /** From a keystroke to its sight at another editor, in milliseconds. */
  readonly latencies: readonly number[];
  readonly acknowledgements: readonly number[];
  readonly edits: number;
  /** Edits that an observer did not see. */
  readonly lost: number;
}

export interface Load {
  readonly editors: number;
  readonly editsPerSecond: number;
  readonly seconds: number;
}

/** So many editors look at what arrives; the others only receive, or the load itself would be the limit. */
const OBSERVERS = 5;
const MARKER = /<\d+\.\d+>/g;

/**
 * Everybody types at a steady rate, each out of step with the others.
 *
 * @param onTyping is called when all are connected, before the first keystroke, and after the last answer.
 */
export async function play(
  connect: Connect,
  load: Load,
  onTyping: (isTyping: boolean) => Promise<void>,
): Promise<Played> {
  const sentAt = new Map<string, number>();
  const seen = Array.from({ length: OBSERVERS }, () => new Set<string>());
  const latencies: number[] = [];
  const acknowledgements: number[] = [];

  const observe = (observer: number) => (update: Uint8Array) => {
    const markers = seen[observer];
    if (!markers) return;
    const now = performance.now();
    const text = Buffer.from(update.buffer, update.byteOffset, update.length).toString('latin1');
    for (const [marker] of text.matchAll(MARKER)) {
      if (markers.has(marker)) continue;
      markers.add(marker);
      const sent = sentAt.get(marker);
      if (sent !== undefined) latencies.push(now - sent);
    }
  };
  const editors = await Promise.all(
    Array.from({ length: load.editors }, async (_, n) => {
      const doc = new Y.Doc();
      return { n, doc, editor: await connect(doc.clientID, observe(n)) };
    }),
  );
  await onTyping(true);
  const rounds = load.editsPerSecond * load.seconds;
  const pushes: Promise<void>[] = [];
  const type = async ({ n, doc, editor }: (typeof editors)[number]) => {
    const startAt = performance.now() + (n / load.editors) * (1000 / load.editsPerSecond);
    for (let round = 0; round < rounds; round += 1) {
      await delay(Math.max(0, startAt + (round * 1000) / load.editsPerSecond - performance.now()));
      const marker = `<${n}.${round}>`;
      let update: Uint8Array = new Uint8Array();
      doc.once('update', (made: Uint8Array) => {
        update = made;
      });
      doc.getText('content').insert(doc.getText('content').length, marker);
      const sent = performance.now();
      sentAt.set(marker, sent);
      const pushed = editor.push(update, round);
      pushes.push(pushed.then(() => void acknowledgements.push(performance.now() - sent)));
    }
  };
  await Promise.all(editors.map(type));
  await Promise.all(pushes);
  await onTyping(false);
  await delay(300);
  for (const { editor } of editors) editor.close();
  const lost = seen
    .slice(0, load.editors)
    .reduce((sum, markers) => sum + sentAt.size - markers.size, 0);
  return { latencies, acknowledgements, edits: sentAt.size, lost };
}
