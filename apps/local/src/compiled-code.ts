import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

/** Where Node keeps compiled code; for processes we start, as `NODE_COMPILE_CACHE`. */
export const compiledCodePath = fileURLToPath(
  new URL('../../../node_modules/.cache/compiled', import.meta.url),
);

/** Loading all modules from what an earlier start compiled takes a third less time. */
export function keepCompiledCode(): void {
  enableCompileCache(compiledCodePath);
}
