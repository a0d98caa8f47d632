import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { cleanImage, squaresOf } from './clean-image.ts';
import { type ImageType, sniffMediaType } from './media-type.ts';

const picture = (width = 60, height = 40) =>
  sharp({ create: { width, height, channels: 3, background: '#c60' } });
const SECRET = 'taken at my home';
const exif = { IFD0: { Copyright: SECRET }, IFD3: { GPSLatitude: '59/1 19/1 0/1' } };

const encoders: Record<ImageType, () => Promise<Buffer>> = {
  'image/png': () => picture().withExif(exif).png().toBuffer(),
  'image/jpeg': () => picture().withExif(exif).jpeg().toBuffer(),
  'image/webp': () => picture().withExif(exif).webp().toBuffer(),
  'image/gif': () => picture().gif().toBuffer(),
  'image/avif': () => picture().withExif(exif).avif().toBuffer(),
};

test.each(Object.entries(encoders))(
  '%s is known by its bytes, and keeps nothing but its pixels',
  async (given, encode) => {
    const type = given as ImageType;
    const bytes = Buffer.concat([
      await encode(),
      Buffer.from('PK\x03\x04<script>alert(1)</script>'),
    ]);
    expect(sniffMediaType(bytes)).toBe(type);
    expect(bytes.includes(SECRET)).toBe(type !== 'image/gif');
    const clean = await cleanImage(bytes, type);
    expect(clean).toMatchObject({ width: 60, height: 40 });
    expect(clean?.bytes.includes('<script>')).toBe(false);
    expect(clean?.bytes.includes(SECRET)).toBe(false);
    expect(sniffMediaType(clean?.bytes ?? Buffer.of())).toBe(type);
    expect(await sharp(clean?.bytes).metadata()).not.toHaveProperty('exif');
  },
);

test('a picture is turned as its camera said before that is forgotten', async () => {
  const turned = await picture().withMetadata({ orientation: 6 }).jpeg().toBuffer();
  expect(await cleanImage(turned, 'image/jpeg')).toMatchObject({ width: 40, height: 60 });
});

test('an animation stays one', async () => {
  const frames = ['red', 'lime', 'blue'].map((background) => ({
    create: { width: 20, height: 10, channels: 3 as const, background },
  }));
  const moving = await sharp(
    await Promise.all(frames.map((each) => sharp(each).png().toBuffer())),
    { join: { animated: true } },
  )
    .gif()
    .toBuffer();
  const clean = await cleanImage(moving, 'image/gif');
  expect(clean).toMatchObject({ width: 20, height: 10 });
  expect(await sharp(clean?.bytes).metadata()).toMatchObject({ pages: 3 });
});

/** Some 60 kB that say that they are 60,000 × 60,000 pixels; the first lines of them are really there. */
function pixelBomb(): Buffer {
  const chunk = (kind: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(kind), data]);
    const ends = Buffer.alloc(8);
    ends.writeUInt32BE(data.length, 0);
    ends.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(60_000, 0);
  header.writeUInt32BE(60_000, 4);
  header.set([8, 2], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(60_000_000))),
    chunk('IEND', Buffer.of()),
  ]);
}

function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

test('what is too large to decode, cut off, or something else is refused', async () => {
  const png = await encoders['image/png']();
  expect(await cleanImage(pixelBomb(), 'image/png')).toBeNull();
  expect(await cleanImage(png.subarray(0, png.length / 2), 'image/png')).toBeNull();
  expect(await cleanImage(png, 'image/jpeg')).toBeNull();
  expect(
    await cleanImage(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'image/png'),
  ).toBeNull();
  expect(await cleanImage(await picture().tiff().toBuffer(), 'image/jpeg')).toBeNull();
});

test.each([
  ['SVG', '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'],
  ['HTML', '<!doctype html><script>alert(1)</script>'],
  ['a PDF that begins as something else', 'GIF8;%PDF-1.7'],
  ['HEIC, which browsers do not show', '\0\0\0\x18ftypheic'],
  ['sound in the same container', 'RIFF\0\0\0\0WAVEfmt '],
  ['nothing', ''],
])('%s may not be uploaded', (_, text) => {
  expect(sniffMediaType(Buffer.from(text, 'latin1'))).toBeNull();
});

test('squares show the middle, in every size that was asked for', async () => {
  const wide = await sharp({
    create: { width: 300, height: 100, channels: 3, background: 'red' },
  })
    .composite([
      {
        input: { create: { width: 100, height: 100, channels: 3, background: 'lime' } },
        left: 100,
        top: 0,
      },
    ])
    .png()
    .toBuffer();
  const squares = await squaresOf(wide, 'image/png', [64, 256]);
  expect([...(squares?.keys() ?? [])]).toEqual([64, 256]);
  const { data, info } = await sharp(squares?.get(64)).raw().toBuffer({ resolveWithObject: true });
  expect(info).toMatchObject({ width: 64, height: 64 });
  expect([...data.subarray(0, 3)].map((each) => Math.round(each / 128))).toEqual([0, 2, 0]);
  expect(await squaresOf(pixelBomb(), 'image/png', [64])).toBeNull();
});
