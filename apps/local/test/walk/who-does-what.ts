// Who may do what with somebody else's objects, by their ids. Every mutation and subscription that takes
// an id is walked; whoever is not named here has to be refused, and nothing may change.

/** Somebody to whom none of it belongs. */
export type Passer =
  | 'nobody'
  | 'a civilian'
  | 'an officer'
  | 'a merchant'
  | 'support'
  | 'a moderator'
  | 'an administrator';

const SIGNED_IN: readonly Passer[] = [
  'a civilian',
  'an officer',
  'a merchant',
  'support',
  'a moderator',
  'an administrator',
];
const OVERSIGHT: readonly Passer[] = ['a moderator', 'an administrator'];
const ADMINISTRATORS: readonly Passer[] = ['an administrator'];

interface Permission {
  readonly to: readonly Passer[];
  readonly why: string;
}

const ofOnesOwn = (why: string): Permission => ({ to: SIGNED_IN, why });

/** What is open to somebody else, on what is public, and why. In an order in which each can succeed. */
export const PERMITTED: Readonly<Record<string, Permission>> = {
  recordEncounter: { to: ['an officer'], why: 'a verified officer records whom they meet' },
  answerDispute: { to: OVERSIGHT, why: 'oversight decides, being neither side' },
  decideVerification: { to: OVERSIGHT, why: 'oversight verifies; officers only administrators' },
  endVerification: { to: OVERSIGHT, why: 'oversight takes back what it gave' },
  grantRole: { to: ADMINISTRATORS, why: 'administrators hand out roles' },
  revokeRole: { to: ADMINISTRATORS, why: 'and take them back' },
  openPartnerAccount: { to: ADMINISTRATORS, why: 'administrators agree on terms with partners' },
  changePartnerTerms: { to: ADMINISTRATORS, why: 'and change them' },
  clickSubject: ofOnesOwn('that a public subject was opened is counted'),
  clickTopic: ofOnesOwn('that its topic was opened is counted'),
  likeSubject: ofOnesOwn('a like is the row of who likes'),
  unlikeSubject: ofOnesOwn('taken back by the same'),
  saveSubject: ofOnesOwn('a shelf is its owner’s'),
  unsaveSubject: ofOnesOwn('and cleared by them'),
  likeTopic: ofOnesOwn('a like is the row of who likes'),
  unlikeTopic: ofOnesOwn('taken back by the same'),
  saveTopic: ofOnesOwn('a shelf is its owner’s'),
  unsaveTopic: ofOnesOwn('and cleared by them'),
  purgeTopicHistory: {
    to: ['a moderator'],
    why: 'what must not be read anywhere is removed, by whoever moderates, too',
  },
  enrolInSubject: ofOnesOwn('everybody may learn from what is public'),
  leaveSubject: ofOnesOwn('and stop learning'),
  forkSubjectVersion: ofOnesOwn('what is published may be gone on with, by its author’s name'),
  exportSubjectArchive: ofOnesOwn('who may read a subject may take it home'),
  joinCommunity: ofOnesOwn('communities are open'),
  leaveCommunity: ofOnesOwn('and may be left'),
  addComment: ofOnesOwn('discussions are open; a post needs a member'),
  voteOnPost: ofOnesOwn('a vote is the row of who votes'),
  voteOnComment: ofOnesOwn('a vote is the row of who votes'),
};

/** What only the gateway asks; it is not in the schema of clients. */
export const INTERNAL: ReadonlySet<string> = new Set([
  'presentRights',
  'recordOperationUsage',
  'registeredOperation',
]);

/** What an argument of this name is an id of; `mutation.argument` goes before. */
export const PREFIX_OF: Readonly<Record<string, string>> = {
  afterId: 'top',
  apiKeyId: 'key',
  attachmentId: 'att',
  beforeId: 'top',
  civilianId: 'usr',
  commentId: 'cmt',
  communityId: 'com',
  disputeId: 'dsp',
  encounterId: 'enc',
  familyId: 'usr',
  fromId: 'top',
  fromWalletId: 'wal',
  intoId: 'top',
  linkId: 'shl',
  listingId: 'lst',
  ownerId: 'usr',
  parentId: 'top',
  'addComment.parentId': 'cmt',
  partnerAccountId: 'prt',
  passkeyId: 'psk',
  postId: 'pst',
  requestId: 'vrq',
  revisionId: 'rev',
  sessionId: 'ses',
  subjectId: 'sub',
  toWalletId: 'wal',
  topicId: 'top',
  'certificate.id': 'crt',
  'comment.id': 'cmt',
  'community.id': 'com',
  'encounter.id': 'enc',
  'listing.id': 'lst',
  'order.id': 'ord',
  'post.id': 'pst',
  'subject.id': 'sub',
  'subjectVersion.id': 'ver',
  'topic.id': 'top',
  'topicRevision.id': 'rev',
  'unlinkProvider.linkId': 'ext',
  'user.id': 'usr',
  'wallet.id': 'wal',
  uploadId: 'upl',
  userId: 'usr',
  versionId: 'ver',
};
