import { runSubgraphProcess } from '@civitas/platform/process';
import { createSubgraph } from './index.ts';

await runSubgraphProcess('content', {}, (dependencies) => createSubgraph(dependencies));
