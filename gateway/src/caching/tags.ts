import type { DomainEvent } from '@civitas/platform/events';
import type { Viewer } from '@civitas/platform/subgraph';

// Ids are TypeIDs everywhere (docs/decisions/0010): the prefix is the type, so an id alone says what
// an answer speaks of.
const ID = /"([a-z]{2,8}_[0-7][0-9a-hjkmnp-tv-z]{25})"/g;
/** An answer with more ids than this is forgotten with any change of its subgraph. */
const MAX_IDS = 50;

const ofSubgraph = (name: string) => `from:${name}`;

/** Whoever writes hides from itself everything older than its write. */
export function writerTag(viewer: Viewer): string {
  return viewer.type === 'user' ? `by:${viewer.id}` : 'by:anonymous';
}

/** What an entity's fields speak of. */
export function entityTags(subgraph: string, json: string): readonly string[] {
  const ids = idsIn(json);
  return ids.length > 0 && ids.length <= MAX_IDS ? ids : [ofSubgraph(subgraph)];
}

/** A list can change by what is not yet in it, so any change of its subgraph concerns it. */
export function rootTags(subgraph: string): readonly string[] {
  return [ofSubgraph(subgraph)];
}

/** What an event changes: everything it names. */
export function eventTags({ source, aggregateId, payload }: DomainEvent): readonly string[] {
  return [ofSubgraph(source), ...idsIn(JSON.stringify([aggregateId, payload]))];
}

function idsIn(json: string): readonly string[] {
  return [...new Set(Array.from(json.matchAll(ID), ([, id]) => id as string))];
}
