import type { ContentTransaction } from '../context.ts';
import { collaboratorsFull } from './errors.ts';
import { MAX_COLLABORATORS } from './limits.ts';

/**
 * Makes sure that a subject has room for one more. The caller holds the lock of the subject.
 *
 * @throws UserFailure `SubjectCollaboratorsFull`.
 */
export async function requireRoom(tx: ContentTransaction, subjectId: string): Promise<void> {
  const count = await tx.subjectMember.count({ where: { subjectId } });
  if (count >= MAX_COLLABORATORS) throw collaboratorsFull();
}
