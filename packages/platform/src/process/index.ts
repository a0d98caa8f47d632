export { runSubgraphProcess } from './run-subgraph-process.ts';
