// Who may read which field of somebody else's objects. Every field that a query or an entity leads to
// stands here once; a new one fails the test until somebody has thought about it. `PUBLIC` also holds
// what is about the viewer (`likedByMe`) and what a public thing leads to; whether the thing itself is
// public is another matter (a private subject does not exist for others, with all its fields).

/** For everybody. */
export const PUBLIC_FIELDS = coordinates(`
  Query: user subject topic listing comment community post encounter order wallet certificate
  User: id subjects listings goodsSold posts communities donationsMade donationsReceived donationsReceivedTotal certificates
  Civilian: id displayName handle avatar bio joinedAt officersMet
  Merchant: id displayName handle avatar bio joinedAt tradeName category verified
  Officer: id displayName handle avatar bio joinedAt badgeNumber department verified
  Family: id displayName handle avatar bio joinedAt needsStatement householdSize verified
  Donor: id displayName handle avatar bio joinedAt donorType anonymousByDefault
  Subject: id title description author visibility topicCount likeCount saveCount createdAt updatedAt topics versions export clickCount forkedFrom learnerCount myRole myEnrolment likedByMe savedByMe
  SubjectOrigin: subject title author
  SubjectFile: fileName mediaType text base64
  SignInProvider: id name url
  SubjectVersion: id number name title description subject author createdBy createdAt publishedAt topicCount topics
  SubjectVersionTopic: title heading depth sha256 markdown attachments
  SubjectVersionAttachment: name altText mediaType bytes width height sha256 reference url
  TopicAttachment: id name altText mediaType bytes width height sha256 reference url uploadedBy createdAt
  Topic: id clickCount likeCount saveCount likedByMe savedByMe title markdown heading depth position parent children subject createdAt updatedAt comments doneByMe checkpoints checkpointProblems myBestAttempt references backlinks html tableOfContents wordCount readingMinutes revisions archivedAt attachments
  TopicComment: id author body quote range createdAt editedAt resolvedAt resolvedBy answers
  TopicRange: from to
  TextRange: from to
  TopicReference: written topic
  TopicHeading: level text anchor
  TopicRevision: id number kind name authors createdAt bytes sha256 markdown changes
  TextDifference: hunks addedLines removedLines
  TextHunk: oldStart oldLines newStart newLines lines
  TextHunkLine: kind text
  Checkpoint: key kind question options
  CheckpointProblem: line message
  CheckpointAttempt: score maxScore passed answeredAt
  Certificate: id learner author subjectTitle topicCount issuedAt subject
  SearchHit: subject topic title snippet
  SearchText: text found
  Listing: id title description price merchant category status createdAt availableStock
  GoodsSold: units orders
  Money: amountMinor currency
  Community: id name slug description founder memberCount postCount createdAt viewerIsMember members posts
  Post: id community author title body createdAt score commentCount deletedAt deletedBy comments viewerVote
  Comment: id post author body createdAt parent depth replies score deletedAt deletedBy viewerVote
  Donation: id amount donatedAt anonymous donor family message
`);

/** For everybody who is signed in, unless their owner shows them to more or to fewer. */
export const SIGNED_IN_FIELDS = coordinates(`
  Civilian: location
  Merchant: location
  Officer: location
  Family: location
  Donor: location
`);

/** For their owner, whoever is on the other side, or oversight: never for a stranger. */
export const PRIVATE_FIELDS = coordinates(`
  Civilian: email encounters
  Merchant: email
  Officer: email encounters
  Family: email address
  Donor: email
  User: wallets orders sales savedSubjects savedTopics likedSubjects likedTopics subjectInvitations sharedSubjects enrolments
  Encounter: id civilian officer kind note place occurredAt dispute
  EncounterDispute: id encounter statement state openedAt answeredAt answer
  CoarsePlace: latitude longitude
  VerificationRequest: id person evidence state requestedAt decidedAt decidedBy reason
  DataRequest: id kind stage requestedAt endedAt refusalCode refusal expiresAt downloadPath
  Account: email emailVerified createdAt mfaEnabled recoveryCodesLeft passkeys visibility roles rolesWaitForSecondFactor linkedProviders
  LinkedProvider: id providerId email linkedAt
  ProfileVisibilitySettings: bio location email address avatar search acquaintances
  Passkey: id name createdAt lastUsedAt
  Session: id deviceName software deviceKind network createdAt lastUsedAt current
  SecurityEvent: id type occurredAt sessionId subject actor
  ApiKey: id name scopes createdAt expiresAt lastUsedAt partnerAccount
  ApiKeyHolder: apiKeyId userId kind roles policies scopes partnerAccount expiresAt
  PresentRights: roles policies scopes
  PartnerAccount: id name mode needsKey requestsPerMinute requestsPerDay maximumCost manifestVersion createdAt operations usage
  RegisteredOperation: operationId name document version publishedAt
  OperationUsage: day apiKey operationId requests failures cost
  Subject: collaborators shareLinks learningStatistics archivedTopics
  SubjectCollaborator: user role acceptedAt byLink
  SubjectShareLink: id role createdAt expiresAt
  SubjectInvitation: subjectId subjectTitle role invitedBy invitedAt
  LearningStatistics: learnerCount certificateCount averageProgress topics
  TopicStatistics: topic doneCount attemptCount averageScore
  Enrolment: subject enrolledAt doneTopicCount progress resumeAt certificate
  Listing: stockMovements
  StockMovement: delta onHandAfter reason note occurredAt
  Order: id buyer merchant placedAt status lines total
  OrderLine: listing title unitPrice quantity lineTotal
  Wallet: id owner currency balance openedAt entries
  StatementLine: id kind amount balanceAfter counterparty note occurredAt donation
`);

/** Pages are as private as the field that leads to them. */
export const isPage = (type: string) => /(Connection|Edge)$|^PageInfo$/.test(type);

function coordinates(lines: string): ReadonlySet<string> {
  return new Set(
    lines
      .trim()
      .split('\n')
      .flatMap((line) => {
        const [type = '', fields = ''] = line.trim().split(': ');
        return fields.split(' ').map((field) => `${type}.${field}`);
      }),
  );
}
