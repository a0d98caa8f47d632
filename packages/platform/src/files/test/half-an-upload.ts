import { Readable } from 'node:stream';
import { connectObjectStore } from '../../objects/index.ts';
import { createFileSigner, createUploadDoor } from '../index.ts';

// A process that takes half of what is sent to an address and waits for the rest, until it is killed.

const [storeUrl = '', address = ''] = process.argv.slice(2);
const objects = connectObjectStore({ url: storeUrl });
const { pathname: path, searchParams: query, origin: publicUrl } = new URL(address);
const { route } = createUploadDoor({
  ...{ objects, publicUrl },
  path: '/files/uploads/',
  prefix: 'incoming',
  signer: createFileSigner(['a secret of 32 characters or more'], 'upload'),
  now: () => new Date(),
});

const stream = new Readable({ read: () => undefined });
stream.push(Buffer.alloc(Number(query.get('bytes')) / 2, 'a'));
const taken = route.handle({
  ...{ method: 'PUT', path, query, stream },
  body: Buffer.of(),
  headers: {},
});
process.stdout.write('half\n');
await taken;
