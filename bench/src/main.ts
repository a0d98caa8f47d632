import { benchArchive } from './archive/index.ts';
import { benchCivic } from './civic/index.ts';
import { benchEditing } from './editing.ts';
import { benchGateway } from './gateway/index.ts';
import { benchIdentity } from './identity/index.ts';
import { benchSearch } from './search/index.ts';
import { benchStart } from './start.ts';
import { benchSubscriptions } from './subscriptions/index.ts';
import { benchTown } from './town.ts';

// `npm run bench` runs them all, `npm run bench -- town` one; options are for that one.

const benchmarks: Readonly<Record<string, (options: readonly string[]) => Promise<void>>> = {
  archive: benchArchive,
  civic: benchCivic,
  editing: benchEditing,
  gateway: benchGateway,
  identity: benchIdentity,
  search: benchSearch,
  start: benchStart,
  subscriptions: benchSubscriptions,
  town: benchTown,
};

const HELP = `npm run bench                        all of them, one after the other
npm run bench -- <name> [options]    one of ${Object.keys(benchmarks).join(', ')}

bench/README.md says what each measures, against what, and which options it takes.`;

const given = process.argv.slice(2);
const wanted = given.filter((each) => !each.startsWith('--'));
const options = given.filter((each) => each.startsWith('--'));
const unknown = wanted.filter((name) => !(name in benchmarks));
if (given.includes('--help')) {
  console.log(HELP);
} else if (unknown.length > 0) {
  console.error(
    `bench: there is no ${unknown.join(', ')}; choose ${Object.keys(benchmarks).join(', ')}`,
  );
  process.exitCode = 1;
} else {
  for (const [name, run] of Object.entries(benchmarks)) {
    if (wanted.length === 0 || wanted.includes(name)) await run(options);
  }
}
