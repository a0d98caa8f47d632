import { runSubgraphProcess } from '@civitas/platform/process';
import { createSubgraph, paymentLimits } from './index.ts';

const shape = {
  PAYMENT_PROOF_ABOVE: paymentLimits,
};

await runSubgraphProcess('finance', shape, (dependencies, config) =>
  createSubgraph({ ...dependencies, paymentLimits: config.PAYMENT_PROOF_ABOVE }),
);
