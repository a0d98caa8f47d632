import { runSubgraphProcess } from '@civitas/platform/process';
import { createSubgraph } from './index.ts';

await runSubgraphProcess('finance', {}, (dependencies) => createSubgraph(dependencies));
