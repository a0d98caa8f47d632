import { readFileSync } from 'node:fs';
import { connectToCivitas } from './civitas.ts';

// A kiosk that shows what the town sells. Publish its operations first, see README.md.

const { CIVITAS_URL = 'http://localhost:4000/graphql', CIVITAS_API_KEY } = process.env;
if (CIVITAS_API_KEY === undefined) {
  console.error('Set CIVITAS_API_KEY; examples/partner/README.md has one for the demo.');
  process.exit(1);
}

interface Manifest {
  readonly operations: readonly { readonly id: string; readonly name: string }[];
}

const manifest = JSON.parse(
  readFileSync(new URL('operations.json', import.meta.url), 'utf8'),
) as Manifest;
const ids = new Map(manifest.operations.map(({ name, id }) => [name, id]));

interface Listings {
  readonly listings: {
    readonly edges: readonly {
      readonly node: {
        readonly title: string;
        readonly price: { readonly amountMinor: string; readonly currency: string };
      };
    }[];
  };
}

const civitas = connectToCivitas({ url: CIVITAS_URL, apiKey: CIVITAS_API_KEY });
const { listings } = await civitas.read<Listings>(ids.get('KioskListings') ?? '', { first: 5 });
for (const { node } of listings.edges) {
  console.log(`${node.title}: ${node.price.amountMinor} ${node.price.currency} (minor units)`);
}
