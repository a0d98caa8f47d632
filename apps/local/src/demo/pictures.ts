import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ObjectStore } from '@civitas/platform/objects';

/** A file of the demo, as uploading it would have made it. */
export interface DemoPicture {
  readonly bytes: Buffer;
  readonly sha256: string;
  readonly mediaType: string;
}

function readPicture(name: string, mediaType: string): DemoPicture {
  const bytes = readFileSync(new URL(`data/pictures/${name}`, import.meta.url));
  return { bytes, sha256: createHash('sha256').update(bytes).digest('hex'), mediaType };
}

/** What a topic shows; 480 × 270 pixels. */
export function mindMapPicture(): DemoPicture {
  return readPicture('mind-map.png', 'image/png');
}

/** Somebody's picture of themselves in the three sizes that there are. */
export function portrait(kind: 'civilian' | 'merchant') {
  const sized = (pixels: number) => readPicture(`${kind}-${pixels}.webp`, 'image/webp');
  return { small: sized(64), medium: sized(256), large: sized(512) };
}

/** Before the rows that name it are committed, so that what is named is there. */
export async function storePicture(
  objects: ObjectStore,
  prefix: 'avatar' | 'file',
  { bytes, sha256, mediaType }: DemoPicture,
): Promise<void> {
  await objects.put(`${prefix}/${sha256}`, bytes, mediaType);
}
