import { runFromCommandLine } from '../command-line.ts';

await runFromCommandLine(() => import('./open-processes.ts'));
