import { text } from '@civitas/platform/validation';
import { z } from 'zod';
import { newPassword } from '../passwords/index.ts';
import { handle } from '../profiles/index.ts';
import { email } from './email.ts';

/** Each kind becomes the columns of `user` that it needs. */
const columnsOfKind = z.union([
  z
    .object({ civilian: z.object({ acquaintanceVisibility: z.enum(['PUBLIC', 'PRIVATE']) }) })
    .transform(({ civilian }) => ({ kind: 'CIVILIAN' as const, ...civilian })),
  z
    .object({ merchant: z.object({ tradeName: text({ max: 80 }), category: text({ max: 40 }) }) })
    .transform(({ merchant }) => ({ kind: 'MERCHANT' as const, ...merchant })),
  z
    .object({
      officer: z.object({
        badgeNumber: z
          .string()
          .regex(
            /^[A-Z0-9][A-Z0-9-]{1,19}$/,
            'must have 2 to 20 upper-case letters, digits and hyphens.',
          ),
        department: text({ max: 80 }),
      }),
    })
    .transform(({ officer }) => ({ kind: 'OFFICER' as const, ...officer })),
  z
    .object({
      family: z.object({
        needsStatement: text({ max: 2000, multiline: true }),
        householdSize: z.int().min(1, 'must be at least 1.').max(50, 'must be at most 50.'),
      }),
    })
    .transform(({ family }) => ({ kind: 'FAMILY' as const, ...family })),
  z
    .object({
      donor: z.object({
        donorType: z.enum(['PERSON', 'ORGANIZATION']),
        anonymousByDefault: z.boolean(),
      }),
    })
    .transform(({ donor }) => ({ kind: 'DONOR' as const, ...donor })),
]);

const profile = z
  .record(z.string(), z.unknown())
  .transform((kinds) => Object.entries(kinds).filter(([, fields]) => fields != null))
  .refine((given) => given.length === 1, 'must be of exactly one kind.')
  .transform((given) => Object.fromEntries(given))
  .pipe(columnsOfKind);

export const registerInput = z.object({
  email,
  password: newPassword,
  displayName: text({ max: 80 }),
  handle,
  profile,
  deviceName: text({ max: 80 }).nullish(),
});
