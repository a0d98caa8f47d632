export { hasSecondFactor, isSecondFactor, secondFactorsOf } from './methods.ts';
export {
  fullProofOf,
  PROOF_LIFETIME_MS,
  proveOwner,
  recentProof,
  stepUpRequired,
} from './recent-proof.ts';
export { replaceRecoveryCodes, takeRecoveryCode } from './recovery-codes.ts';
