import type { UploadAddress } from '@civitas/platform/files';
import type { OfficerMet } from './encounters/queries.ts';
import type {
  Account,
  ApiKey,
  DataRequest,
  Encounter,
  EncounterDispute,
  ExternalIdentity,
  PartnerAccount,
  Passkey,
  RegisteredOperation,
  SecurityEvent,
  Session,
  User,
  VerificationRequest,
} from './generated/prisma/client.ts';
import type { Usage } from './partners/queries.ts';
import type { DeliveredSession } from './sessions/index.ts';

// What resolvers pass around for each object type: the database's rows, as they are. The resolver
// types are generated from these (see codegen.ts).

export type UserModel = User;
export type CivilianModel = User;
export type MerchantModel = User;
export type OfficerModel = User;
export type FamilyModel = User;
export type DonorModel = User;
export type AvatarUploadModel = UploadAddress & { readonly id: string };
export type EncounterModel = Encounter;
export type EncounterDisputeModel = EncounterDispute;
export type OfficerMetEdgeModel = OfficerMet & { readonly cursor: string };
export type DataRequestModel = DataRequest;
/** Whose session it is is looked up where a client asks for it. */
export type SignInSuccessModel = {
  readonly user: { readonly id: string };
  readonly session: DeliveredSession;
};
export type SessionTokensModel = DeliveredSession;
export type SessionModel = Session;
export type ApiKeyModel = ApiKey;
export type PartnerAccountModel = PartnerAccount;
export type RegisteredOperationModel = RegisteredOperation;
export type OperationUsageModel = Usage;
export type LinkedProviderModel = ExternalIdentity;
export type PasskeyModel = Passkey;
export type AccountModel = Account;
export type SecurityEventModel = SecurityEvent;
export type VerificationRequestModel = VerificationRequest;
export type ProfileVisibilitySettingsModel = User;
