import { randomUUID } from 'node:crypto';
import { createSubgraph as createFinance } from '@civitas/finance';
import { connectMailer, createSubgraph as createIdentity } from '@civitas/identity';
import { createSubgraph as createMarketplace } from '@civitas/marketplace';
import { createInProcessBus } from '@civitas/platform/events';
import { connectKeyValueStore } from '@civitas/platform/keyvalue';
import { createInProcessPubSub } from '@civitas/platform/pubsub';
import { ANONYMOUS, executeOnSubgraph, type Subgraph } from '@civitas/platform/subgraph';
import { createLogger } from '@civitas/platform/telemetry';

export type Asked = 'identity' | 'finance' | 'marketplace';

const SECRET = 'a secret of the benchmark, long enough';

/** The three subgraphs that the questions go to, in this process and without the gateway. */
export async function openSubgraphs(urls: Readonly<Record<Asked, string>>) {
  const log = createLogger({ name: 'bench', level: 'silent' });
  const bus = createInProcessBus({ log });
  const of = (name: Asked) => ({ databaseUrl: urls[name], bus, log });
  const subgraphs: Readonly<Record<Asked, Subgraph>> = {
    identity: await createIdentity({
      ...of('identity'),
      keyValue: connectKeyValueStore({ redisUrl: undefined, log }),
      pubsub: createInProcessPubSub({ log }),
      mailer: connectMailer({ log }),
      tokenIssuer: 'bench',
      tokenAudience: 'bench',
      refreshSecret: SECRET,
      encryptionSecret: SECRET,
      publicUrl: 'http://localhost',
      relyingParty: { id: 'localhost', origins: [] },
    }),
    finance: createFinance(of('finance')),
    marketplace: createMarketplace(of('marketplace')),
  };
  return {
    /** @throws Error at an answer that is not whole. */
    ask: async (name: Asked, query: string, variables: Record<string, unknown>) => {
      const { signal } = new AbortController();
      const origin = { viewer: ANONYMOUS, requestId: randomUUID(), signal };
      const { data, errors } = await executeOnSubgraph(
        subgraphs[name],
        { query, variables },
        origin,
      );
      if (errors || !data) throw new Error(JSON.stringify(errors));
      // biome-ignore lint/suspicious/noExplicitAny: the benchmark reads what it asked for
      return data as any;
    },
    stop: async () => {
      await bus.close();
      for (const subgraph of Object.values(subgraphs)) await subgraph.stop();
    },
  };
}
