import type { UploadAddress } from '@civitas/platform/files';
import type { Checkpoint } from './checkpoints/index.ts';
import type { EditsEvent, Presence } from './editing/index.ts';
import type { ImportProgress, SubjectFile } from './exchange/index.ts';
import type {
  Certificate,
  CheckpointAttempt,
  Enrolment,
  Subject,
  SubjectMember,
  SubjectShareLink,
  SubjectVersion,
  SubjectVersionAttachment,
  SubjectVersionTopic,
  TopicAttachment,
  TopicComment,
  TopicRevision,
} from './generated/prisma/client.ts';
import type { LearningStatistics, TopicStatistics } from './learning/index.ts';
import type { ResolvedReference } from './references/index.ts';
import type { FoundText } from './search/index.ts';
import type { SubjectChange } from './subjects/index.ts';
import type { TopicNode } from './topics/index.ts';

// What resolvers pass around for each object type; the resolver types are generated from these
// (see codegen.ts).

/** A person as this subgraph knows them; everything else about them is identity's. */
export interface UserModel {
  readonly id: string;
}
export type SubjectModel = Subject;
export type SubjectCollaboratorModel = SubjectMember;
export type SubjectShareLinkModel = SubjectShareLink;
export type SubjectInvitationModel = SubjectMember & { readonly subject: Subject };
export type TopicModel = TopicNode;
export type TopicRevisionModel = TopicRevision;
export type SubjectVersionModel = SubjectVersion;
export type SubjectVersionTopicModel = SubjectVersionTopic;
export type SubjectVersionAttachmentModel = SubjectVersionAttachment;
export type TopicAttachmentModel = TopicAttachment;
export type FileUploadModel = UploadAddress & { readonly id: string };
export interface SubjectOriginModel {
  readonly subject: Subject | null;
  readonly title: string;
  readonly author: UserModel | null;
}
export type TopicCommentModel = TopicComment;
export type SubjectFileModel = SubjectFile;
export type SubjectImportProgressModel = ImportProgress;
export type TopicReferenceModel = ResolvedReference;
export type TopicEditsModel = EditsEvent;
export type TopicPresenceModel = Presence;
export type EnrolmentModel = Enrolment;
export type CheckpointModel = Checkpoint;
export type CheckpointAttemptModel = CheckpointAttempt;
export type CertificateModel = Certificate;
export type LearningStatisticsModel = LearningStatistics;
export type TopicStatisticsModel = TopicStatistics;
export type SearchHitModel = FoundText;
export type SubjectChangeModel = SubjectChange & {
  readonly subject: Subject;
  readonly topic: TopicNode | null;
};
