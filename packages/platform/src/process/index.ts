export { runSubgraphProcess } from './run-subgraph-process.ts';
export { type ListeningMessage, runUntilStopped } from './run-until-stopped.ts';
