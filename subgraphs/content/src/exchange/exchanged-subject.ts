/** A subject as files hold it: what every format is written from and read into. */
export interface ExchangedSubject {
  readonly title: string;
  /** Markdown; empty when there is none. */
  readonly description: string;
  /** Source of the heading that is the title; empty when none is. */
  readonly heading: string;
  /** In reading order, parents before their children. */
  readonly topics: readonly ExchangedTopic[];
}

export interface ExchangedTopic {
  readonly title: string;
  /** Source of an imported heading with its line end; null when the title was written here. */
  readonly heading: string | null;
  readonly markdown: string;
  /** 1 directly under the subject; at most one more than that of the topic before. */
  readonly depth: number;
  /** What is attached to it, oldest first, where that is known. */
  readonly files?: readonly ExchangedFile[];
}

/** A picture or a PDF that was looked at and is in the store. */
export interface ExchangedFile {
  readonly name: string;
  readonly altText: string;
  readonly mediaType: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly width: number | null;
  readonly height: number | null;
}

/** A topic with those below it. */
export interface TopicBranch extends ExchangedTopic {
  readonly children: TopicBranch[];
}

/** Topics in reading order as a tree. */
export function growBranches(topics: readonly ExchangedTopic[]): TopicBranch[] {
  const roots: TopicBranch[] = [];
  const path: TopicBranch[] = [];
  for (const topic of topics) {
    const branch = { ...topic, children: [] };
    path.length = topic.depth - 1;
    (path.at(-1)?.children ?? roots).push(branch);
    path.push(branch);
  }
  return roots;
}

/** For each topic the index of the one that it stands under; null for none. */
export function parentIndexes(topics: readonly ExchangedTopic[]): (number | null)[] {
  const lastAt: number[] = [];
  return topics.map(({ depth }, index) => {
    lastAt[depth] = index;
    return depth === 1 ? null : (lastAt[depth - 1] ?? null);
  });
}
