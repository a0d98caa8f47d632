import type { Presence } from './presence.ts';

/** What servers tell each other about one document. A message may be lost; the log has it all. */
export type RoomMessage =
  | {
      readonly kind: 'updates';
      readonly epoch: number;
      /** These follow this sequence number and reach up to the other. */
      readonly from: number;
      readonly to: number;
      /** Base64. */
      readonly updates: readonly string[];
    }
  | { readonly kind: 'presence'; readonly presence: readonly Presence[] }
  /** Who is there? Asked by a server that has just opened the document. */
  | { readonly kind: 'who' };
