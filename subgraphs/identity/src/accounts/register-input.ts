import { text } from '@civitas/platform/validation';
import { z } from 'zod';
import { newPassword } from '../passwords/index.ts';
import {
  donorColumns,
  familyColumns,
  handle,
  merchantColumns,
  officerColumns,
} from '../profiles/index.ts';
import { email } from './email.ts';

/** Each kind becomes the columns of `user` that it needs. */
const columnsOfKind = z.union([
  z
    .object({ civilian: z.object({ acquaintanceVisibility: z.enum(['PUBLIC', 'PRIVATE']) }) })
    .transform(({ civilian }) => ({ kind: 'CIVILIAN' as const, ...civilian })),
  z
    .object({ merchant: merchantColumns })
    .transform(({ merchant }) => ({ kind: 'MERCHANT' as const, ...merchant })),
  z
    .object({ officer: officerColumns })
    .transform(({ officer }) => ({ kind: 'OFFICER' as const, ...officer })),
  z
    .object({ family: familyColumns })
    .transform(({ family }) => ({ kind: 'FAMILY' as const, ...family })),
  z
    .object({ donor: donorColumns })
    .transform(({ donor }) => ({ kind: 'DONOR' as const, ...donor })),
]);

const profile = z
  .record(z.string(), z.unknown())
  .transform((kinds) => Object.entries(kinds).filter(([, fields]) => fields != null))
  .refine((given) => given.length === 1, 'must be of exactly one kind.')
  .transform((given) => Object.fromEntries(given))
  .pipe(columnsOfKind);

/** Who somebody is going to be. */
export const personInput = z.object({ displayName: text({ max: 80 }), handle, profile });

export type Person = z.output<typeof personInput>;

export const registerInput = personInput.extend({
  email,
  password: newPassword,
  deviceName: text({ max: 80 }).nullish(),
});
