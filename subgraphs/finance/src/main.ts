import { runSubgraphProcess } from '@civitas/platform/process';
import { createSubgraph, paymentLimits } from './index.ts';

await runSubgraphProcess(
  'finance',
  { PAYMENT_PROOF_ABOVE: paymentLimits },
  (dependencies, config) =>
    createSubgraph({ ...dependencies, paymentLimits: config.PAYMENT_PROOF_ABOVE }),
);
