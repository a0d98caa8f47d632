export { type PaymentLimits, paymentLimits, USUAL_LIMITS } from './limits.ts';
export { requireProof } from './require-proof.ts';
