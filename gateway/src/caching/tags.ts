import type { DomainEvent } from '@civitas/platform/events';
import type { Viewer } from '@civitas/platform/subgraph';

// Ids are TypeIDs everywhere (docs/decisions/0010): the prefix is the type, so an id alone says what
// an answer speaks of.
const ID = /"([a-z]{2,8}_[0-7][0-9a-hjkmnp-tv-z]{25})"/g;
/** An answer with more ids than this is forgotten with any change of its subgraph. */
const MAX_IDS = 50;

/** On whatever cannot name all it speaks of: any event of the subgraph concerns it. */
const ofSubgraph = (name: string) => `from:${name}`;
/** On everything else of the subgraph: for changes of more things than an event can name. */
const wholly = (name: string) => `all:${name}`;
const ERASED = '.personal-data.erased';

/** Whoever writes hides from itself everything older than its write. */
export function writerTag(viewer: Viewer): string {
  return viewer.type === 'user' ? `by:${viewer.id}` : 'by:anonymous';
}

/**
 * What an answer of a subgraph speaks of: everything it names, when that is all there is in it; else
 * anything of the subgraph. A list can change by what is not yet in it.
 */
export function answerTags(
  subgraph: string,
  json: string,
  namesItsObjects: boolean,
): readonly string[] {
  const ids = idsIn(json);
  if (!namesItsObjects || ids.length === 0 || ids.length > MAX_IDS) return [ofSubgraph(subgraph)];
  return [wholly(subgraph), ...ids];
}

/** What an event changes: everything it names; with a person's data, whatever they had a part in. */
export function eventTags({ source, type, aggregateId, payload }: DomainEvent): readonly string[] {
  const tags = [ofSubgraph(source), ...idsIn(JSON.stringify([aggregateId, payload]))];
  return type === `${source}${ERASED}` ? [...tags, wholly(source)] : tags;
}

/**
 * What a write has changed as far as its answer says: for its maker everything, for others what it names,
 * before its event has come. Strangers who write are nobody in particular, and may be somebody in the next
 * request: for them it is anything of the subgraph.
 */
export function writeTags(subgraph: string, viewer: Viewer, json: string): readonly string[] {
  const ids = idsIn(json).slice(0, MAX_IDS);
  return [viewer.type === 'user' ? writerTag(viewer) : ofSubgraph(subgraph), ...ids];
}

function idsIn(json: string): readonly string[] {
  return [...new Set(Array.from(json.matchAll(ID), ([, id]) => id as string))];
}
