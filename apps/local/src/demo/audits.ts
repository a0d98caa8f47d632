import { audits as communities } from '@civitas/communities/audits';
import { audits as content } from '@civitas/content/audits';
import { audits as finance } from '@civitas/finance/audits';
import { audits as identity } from '@civitas/identity/audits';
import { audits as marketplace } from '@civitas/marketplace/audits';
import type { Audits } from '@civitas/postgres/bulk';
import type { SubgraphName } from '../subgraph-names.ts';

/** What each domain says must hold in its database. */
export const audits: Readonly<Record<SubgraphName, Audits>> = {
  identity,
  content,
  marketplace,
  communities,
  finance,
};
