import { createEditingHub, type EditingHub } from './editing-hub.ts';
import { createPaces } from './pace.ts';

/** What live editing keeps beside the database: open documents, and who pushes how fast. */
export interface Editing {
  readonly hub: EditingHub;
  readonly paceOf: ReturnType<typeof createPaces>;
}

export function createEditing(options: Parameters<typeof createEditingHub>[0]): Editing {
  return { hub: createEditingHub(options), paceOf: createPaces() };
}
