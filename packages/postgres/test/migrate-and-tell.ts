import { migrate } from '../src/migrations/index.ts';
import { schemaEngineLoaded } from '../src/migrations/schema-engine.ts';

// Migrates the database of a URL by a directory, and says whether the engine was loaded for that.
const [url = '', directory = ''] = process.argv.slice(2);
await migrate({ url, directory });
console.log(schemaEngineLoaded());
