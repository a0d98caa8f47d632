import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import type { MigrationList, SchemaContainer, SchemaEngine } from '@prisma/schema-engine-wasm';
import { engineAdapterFactory } from './engine-adapter.ts';
import { lockfile, type Migration, migrationsIn } from './migration-folder.ts';

type EngineModule = typeof import('@prisma/schema-engine-wasm/schema_engine_bg');

// Not import.meta.resolve, which does not exist in vitest's global set-up.
const require = createRequire(import.meta.url);
const wasmFile = 'schema_engine_bg.wasm';

let loading: Promise<EngineModule> | undefined;
let loaded = false;

/** True once this process has paid for the engine; a start with nothing to migrate never does. */
export const schemaEngineLoaded = () => loaded;

/**
 * Instantiates the engine by hand: its package expects a bundler, and Node's own way to import
 * WebAssembly prints a warning.
 */
async function instantiate(): Promise<EngineModule> {
  const [bindings, bytes] = await Promise.all([
    import('@prisma/schema-engine-wasm/schema_engine_bg'),
    readFile(path.join(path.dirname(require.resolve('@prisma/schema-engine-wasm')), wasmFile)),
  ]);
  // A panic of the engine happens in a microtask, where no caller can catch it; it ends the process,
  // and this gives it its message.
  Object.assign(globalThis, {
    PRISMA_WASM_PANIC_REGISTRY: {
      set_message(message: string) {
        throw new Error(message);
      },
    },
  });
  const imports = { './schema_engine_bg.js': bindings as unknown as WebAssembly.ModuleImports };
  const { instance } = await WebAssembly.instantiate(bytes, imports);
  bindings.__wbg_set_wasm(instance.exports);
  (instance.exports['__wbindgen_start'] as () => void)();
  loaded = true;
  return bindings;
}

/** Nothing in our databases is managed by somebody else. */
export const noFilters = { externalTables: [], externalEnums: [] };

/**
 * Runs `use` with Prisma's engine connected to the database, and closes every connection
 * afterwards.
 */
export async function withSchemaEngine<Result>(
  url: string,
  use: (engine: SchemaEngine) => Promise<Result>,
): Promise<Result> {
  loading ??= instantiate();
  const { SchemaEngine } = await loading;
  const factory = engineAdapterFactory(url);
  const bound = bindMigrationAwareSqlAdapterFactory(factory);
  try {
    const engine = await SchemaEngine.new(
      { datamodels: undefined },
      // Its log repeats the scripts; errors come as exceptions.
      () => undefined,
      bound,
    );
    return await use(engine);
  } catch (error) {
    // What our adapter threw comes back as a number in the message.
    const id = /External error id#(\d+)/.exec((error as Error).message)?.[1];
    throw (id && bound.errorRegistry.consumeError(Number(id))?.error) || error;
  } finally {
    await factory.close();
  }
}

/** The folder as the engine wants it. */
export function migrationList(directory: string, migrations: readonly Migration[]): MigrationList {
  return {
    baseDir: migrationsIn(directory),
    lockfile: { path: lockfile.name, content: lockfile.content },
    shadowDbInitScript: '',
    migrationDirectories: migrations.map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } },
    })),
  };
}

export async function schemaFiles(schemaPath: string): Promise<SchemaContainer[]> {
  return [{ path: schemaPath, content: await readFile(schemaPath, 'utf8') }];
}
