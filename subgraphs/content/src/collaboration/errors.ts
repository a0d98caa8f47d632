import { UserFailure } from '@civitas/platform/errors';
import { MAX_COLLABORATORS, MAX_SHARE_LINKS } from './limits.ts';

export function collaboratorsFull(): UserFailure {
  const message = `A subject has at most ${MAX_COLLABORATORS} collaborators.`;
  return new UserFailure('SubjectCollaboratorsFull', message, null, {
    maxCollaborators: MAX_COLLABORATORS,
  });
}

export function shareLinksFull(): UserFailure {
  const message = `A subject has at most ${MAX_SHARE_LINKS} share links.`;
  return new UserFailure('SubjectShareLinksFull', message, null, { maxLinks: MAX_SHARE_LINKS });
}

export function invitationNotFound(): UserFailure {
  const message = 'There is no such invitation.';
  return new UserFailure('SubjectInvitationNotFound', message, ['input', 'subjectId']);
}

export function shareLinkNotFound(field: 'linkId' | 'token'): UserFailure {
  return new UserFailure('SubjectShareLinkNotFound', 'The link does not hold.', ['input', field]);
}
