import { CivitasError } from '@civitas/platform/errors';
import type { SubjectRole, SubjectVisibility } from '../generated/prisma/client.ts';
import { allows } from '../subjects/index.ts';
import { editedTopicNotFound } from './refusal.ts';

/** Who may do what with a document, as a server knew it when it last looked. */
export interface DocumentAccess {
  readonly authorId: string;
  readonly visibility: SubjectVisibility;
  /** By user; the author has none. */
  readonly roles: Readonly<Record<string, SubjectRole>>;
}

/** Null for what anybody may. */
export function roleIn(access: DocumentAccess, userId: string | null): SubjectRole | null {
  if (userId === null) return null;
  return userId === access.authorId ? 'OWNER' : (access.roles[userId] ?? null);
}

export function isEditor(access: DocumentAccess, userId: string | null): boolean {
  return allows(roleIn(access, userId), 'EDITOR');
}

export function isReader(access: DocumentAccess, userId: string | null): boolean {
  return access.visibility !== 'PRIVATE' || roleIn(access, userId) !== null;
}

/**
 * @throws CivitasError `FORBIDDEN` for who may only read.
 * @throws UserFailure `TopicNotFound` for who may not even do that.
 */
export function requireEditor(access: DocumentAccess, userId: string): void {
  if (isEditor(access, userId)) return;
  throw isReader(access, userId) ? new CivitasError('FORBIDDEN') : editedTopicNotFound();
}
