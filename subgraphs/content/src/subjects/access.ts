import type { Viewer } from '@civitas/platform/subgraph';
import type { Subject } from '../generated/prisma/client.ts';

/** Null when nobody is signed in. */
export function viewerIdOf(viewer: Viewer): string | null {
  return viewer.type === 'user' ? viewer.id : null;
}

/** Whether a subject and its topics are for the viewer to see. */
export function maySee(viewer: Viewer, subject: Pick<Subject, 'authorId' | 'visibility'>): boolean {
  return subject.visibility === 'PUBLIC' || subject.authorId === viewerIdOf(viewer);
}

/** Whether the viewer may change a subject and its topics. */
export function mayEdit(viewer: Viewer, subject: Pick<Subject, 'authorId'>): boolean {
  return subject.authorId === viewerIdOf(viewer);
}
