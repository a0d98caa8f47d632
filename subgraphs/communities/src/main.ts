import { runSubgraphProcess } from '@civitas/platform/subgraph';
import { createSubgraph } from './index.ts';

await runSubgraphProcess('communities', {}, createSubgraph);
