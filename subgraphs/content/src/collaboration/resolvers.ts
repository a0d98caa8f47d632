import { answerWithFailures } from '@civitas/platform/errors';
import { toConnection } from '@civitas/platform/pagination';
import type { Resolvers } from '../generated/resolvers.ts';
import { roleOf } from '../subjects/index.ts';
import { answerSubjectInvitation } from './answer-subject-invitation.ts';
import { inviteToSubject } from './invite-to-subject.ts';
import { INVITATION } from './limits.ts';
import { findSharedSubject, redeemSubjectShareLink } from './redeem-share-link.ts';
import { removeSubjectCollaborator } from './remove-subject-collaborator.ts';
import {
  listCollaborators,
  listInvitations,
  listSharedSubjects,
  listShareLinks,
  sharedSubjectsList,
} from './service.ts';
import { createSubjectShareLink, revokeSubjectShareLink } from './share-links.ts';

export const resolvers: Resolvers = {
  Query: { sharedSubject: (_, { token }, ctx) => findSharedSubject(ctx, token) },
  Subject: {
    myRole: (subject, _, ctx) => roleOf(ctx, subject),
    collaborators: (subject, _, ctx) => listCollaborators(ctx, subject),
    shareLinks: (subject, _, ctx) => listShareLinks(ctx, subject),
  },
  SubjectCollaborator: {
    user: ({ userId }) => ({ id: userId }),
    byLink: ({ source }) => source !== INVITATION,
  },
  SubjectInvitation: {
    subjectTitle: ({ subject }) => subject.title,
    invitedBy: ({ invitedBy }) => ({ id: invitedBy }),
    invitedAt: ({ createdAt }) => createdAt,
  },
  User: {
    subjectInvitations: (person, _, ctx) => listInvitations(ctx, person),
    sharedSubjects: async (person, args, ctx) =>
      toConnection(
        sharedSubjectsList,
        await listSharedSubjects(ctx, person, args),
        args.first,
        ({ since, subjectId, subject, role }) => ({
          key: [since, subjectId],
          node: subject,
          edge: { role },
        }),
      ),
  },
  Mutation: {
    inviteToSubject: (_, { input }, ctx) =>
      answerWithFailures('InviteToSubjectSuccess', () => inviteToSubject(ctx, input)),
    answerSubjectInvitation: (_, { input }, ctx) =>
      answerWithFailures('AnswerSubjectInvitationSuccess', () =>
        answerSubjectInvitation(ctx, input),
      ),
    removeSubjectCollaborator: (_, { input }, ctx) =>
      answerWithFailures('RemoveSubjectCollaboratorSuccess', () =>
        removeSubjectCollaborator(ctx, input),
      ),
    createSubjectShareLink: (_, { input }, ctx) =>
      answerWithFailures('CreateSubjectShareLinkSuccess', () => createSubjectShareLink(ctx, input)),
    revokeSubjectShareLink: (_, { input }, ctx) =>
      answerWithFailures('RevokeSubjectShareLinkSuccess', () => revokeSubjectShareLink(ctx, input)),
    redeemSubjectShareLink: (_, { input }, ctx) =>
      answerWithFailures('RedeemSubjectShareLinkSuccess', () => redeemSubjectShareLink(ctx, input)),
  },
};
