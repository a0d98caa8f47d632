import { once } from 'node:events';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { WebSocket } from 'ws';
import type { Connect, Door } from './contender.ts';

// Both speak the sync protocol of y-protocols; Hocuspocus puts the document's name before it.

const SYNC = 0;
const AWARENESS = 1;
const AUTH = 2;
const SYNC_STATUS = 8;
const UPDATE = 2;

export function connectToYjs({ url, document, protocol, withCursors }: Door): Connect {
  const isNamed = protocol === 'hocuspocus';
  return async (clientId, onUpdate) => {
    const socket = new WebSocket(isNamed ? url : `${url}/${document}`);
    const send = (write: (encoder: encoding.Encoder) => void) => {
      const encoder = encoding.createEncoder();
      if (isNamed) encoding.writeVarString(encoder, document);
      write(encoder);
      socket.send(encoding.toUint8Array(encoder));
    };
    const acknowledged: (() => void)[] = [];
    const { promise: synced, resolve } = Promise.withResolvers<void>();
    socket.on('message', (data: Buffer) => {
      const decoder = decoding.createDecoder(new Uint8Array(data));
      if (isNamed) decoding.readVarString(decoder);
      const type = decoding.readVarUint(decoder);
      if (type === SYNC_STATUS && isNamed) acknowledged.shift()?.();
      if (type !== SYNC) return;
      const step = decoding.readVarUint(decoder);
      // The answer to our first step, or its own: the document is open either way.
      if (step !== UPDATE) resolve();
      if (step === UPDATE) onUpdate(decoding.readVarUint8Array(decoder));
    });
    await once(socket, 'open');
    if (isNamed) {
      send((encoder) => {
        encoding.writeVarUint(encoder, AUTH);
        encoding.writeVarUint(encoder, 0);
        encoding.writeVarString(encoder, 'token');
        encoding.writeVarString(encoder, '4.7.0');
      });
    }
    send((encoder) => {
      encoding.writeVarUint(encoder, SYNC);
      encoding.writeVarUint(encoder, 0);
      encoding.writeVarUint8Array(encoder, Uint8Array.of(0));
    });
    await synced;
    let clock = 0;
    return {
      push: async (update, cursor) => {
        send((encoder) => {
          encoding.writeVarUint(encoder, SYNC);
          encoding.writeVarUint(encoder, UPDATE);
          encoding.writeVarUint8Array(encoder, update);
        });
        if (withCursors) {
          clock += 1;
          send((encoder) => {
            encoding.writeVarUint(encoder, AWARENESS);
            encoding.writeVarUint8Array(encoder, awareness(clientId, clock, cursor));
          });
        }
        if (isNamed) await new Promise<void>((done) => acknowledged.push(done));
      },
      close: () => socket.terminate(),
    };
  };
}

function awareness(clientId: number, clock: number, cursor: number): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, 1);
  encoding.writeVarUint(encoder, clientId);
  encoding.writeVarUint(encoder, clock);
  encoding.writeVarString(encoder, JSON.stringify({ cursor }));
  return encoding.toUint8Array(encoder);
}
