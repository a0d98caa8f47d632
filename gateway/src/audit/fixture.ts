/** An object of a fixture's world, as every part of it sees it: stored fields under their names. */
// biome-ignore lint/suspicious/noExplicitAny: fixtures read fields that only their SDL types.
export type Entry = Readonly<Record<string, any>>;

/** Works one field out from its object. */
export type Answer = (entry: Entry, given: Entry) => unknown;

/** Answers by type and field. */
export type Answers = Readonly<Record<string, Readonly<Record<string, Answer>>>>;

/** One operation and what the graph has to say to it. */
export interface AuditCase {
  readonly query: string;
  readonly variables?: Entry;
  /** Compared whole; absent means that the operation is refused before it runs. */
  readonly data?: Entry | null;
  /** Whether there is at least one error. Default: exactly when `data` is absent. */
  readonly errors?: boolean;
}

/**
 * A small world of which several subgraphs know a part each. Subgraphs are made from the SDL: each
 * answers only for fields it defines itself, refuses what it should never be asked for, and finds
 * entities only by its own resolvable keys. The same world as one schema is the oracle.
 */
export interface Fixture {
  /** What the suite is about, as the name of its tests. */
  readonly about: string;
  /** SDL by subgraph. Without a `@link` in it, federation 2.9 with everything imported. */
  readonly subgraphs: Readonly<Record<string, string>>;
  /** Everything there is, by concrete type. Entities are found here by their keys. */
  readonly world: Readonly<Record<string, readonly Entry[]>>;
  /** Fields that are not stored. What `@requires` names stands in the entry under its name. */
  readonly answers?: Answers;
  /** What a subgraph says otherwise than is true, or has to say otherwise to say it. */
  readonly only?: Readonly<Record<string, Answers>>;
  /** The entries that a subgraph does not have, although it has others of their type. */
  readonly lacks?: Readonly<Record<string, (entry: Entry) => boolean>>;
  /** What one whole schema has to say otherwise: where `@requires` gives arguments. */
  readonly whole?: Answers;
  /** False where subgraphs are made not to have what is true, so that one schema answers more. */
  readonly hasOracle?: false;
  readonly cases: readonly AuditCase[];
  /** Values for the arguments of random operations, by name; `false` when none are made. */
  readonly random?: Readonly<Record<string, readonly string[]>> | false;
}
