import { expect, test } from 'vitest';
import { NOTHING_DENIED } from '../access/decide-access.ts';
import { loadSupergraph } from '../supergraph/load-supergraph.ts';
import { NO_OVERRIDES } from '../supergraph/override-labels.ts';
import { compose } from '../testing/compose.ts';
import { library } from '../testing/town.ts';
import { createDocumentStore } from './document-store.ts';
import { defaultOperationLimits } from './limits.ts';
import { createPlanStore } from './plan-store.ts';
import type { PreparedOperation } from './prepared-document.ts';

const supergraph = loadSupergraph(compose([library()]));

function planning() {
  const made: string[] = [];
  const documents = createDocumentStore({
    supergraph,
    limits: defaultOperationLimits,
    defaultListSize: 10,
  });
  const plans = createPlanStore((document, { key }) => {
    made.push(`${document.definitions.length}${key}`);
    if (key === 'failing') throw new Error('no plan');
    return { kind: 'QueryPlan' };
  }, supergraph.planNames);
  const operation = (text: string) =>
    documents.prepare(text, true).operations[0] as PreparedOperation;
  const overridden = (key: string) => ({ ...NO_OVERRIDES, key });
  return { made, plans, operation, overridden };
}

test('who asks for the same while it is planned waits for the same plan', async () => {
  const { made, plans, operation } = planning();
  const busy = plans.planSoon(operation('{ a: shelf }'), NOTHING_DENIED, NO_OVERRIDES, 'one');
  const wanted = operation('{ shelf }');
  const all = ['one', 'two', 'two', 'three'].map(async (caller) =>
    plans.planSoon(wanted, NOTHING_DENIED, NO_OVERRIDES, caller),
  );
  const planned = new Set(await Promise.all(all));
  await busy;
  expect([planned.size, made.length]).toEqual([1, 2]);
  expect(plans.planSoon(wanted, NOTHING_DENIED, NO_OVERRIDES, 'four')).toBe([...planned][0]);
});

test('what could not be planned is tried again, and is nobody else’s failure', async () => {
  const { made, plans, operation, overridden } = planning();
  const wanted = operation('{ shelf }');
  const attempt = () => plans.planSoon(wanted, NOTHING_DENIED, overridden('failing'), 'one');
  await expect(attempt()).rejects.toThrow('no plan');
  await expect(attempt()).rejects.toThrow('no plan');
  expect(made).toHaveLength(2);
  await expect(plans.planSoon(wanted, NOTHING_DENIED, NO_OVERRIDES, 'one')).resolves.toBeDefined();
});

test('an operation keeps a few plans, however many ways there are to run it', () => {
  const { plans, operation, overridden } = planning();
  const wanted = operation('{ shelf }');
  for (let way = 0; way < 100; way++) plans.planFor(wanted, NOTHING_DENIED, overridden(`${way}`));
  expect(wanted.plans.size).toBeLessThanOrEqual(16);
});
