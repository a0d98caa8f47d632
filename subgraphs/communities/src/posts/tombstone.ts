import type { DeletedBy } from '../generated/resolvers.ts';

/** What posts and comments have in common: somebody wrote them, somebody may have deleted them. */
interface Text {
  readonly authorId: string;
  readonly deletedAt: Date | null;
  readonly deletedById: string | null;
}

/** The author, whom a tombstone no longer names. */
export function shownAuthor({ authorId, deletedAt }: Text): { readonly id: string } | null {
  return deletedAt ? null : { id: authorId };
}

/** Who deleted a text; null while it stands. */
export function deletedBy({ authorId, deletedById }: Text): DeletedBy | null {
  if (deletedById === null) return null;
  return deletedById === authorId ? 'AUTHOR' : 'MODERATOR';
}
