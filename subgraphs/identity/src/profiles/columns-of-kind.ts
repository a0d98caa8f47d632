import { text } from '@civitas/platform/validation';
import { z } from 'zod';

// What each kind of profile states, with the rules that hold when somebody registers and when they
// change it later. Merchants, officers and families have it verified.

export const merchantColumns = z.object({
  tradeName: text({ max: 80 }),
  category: text({ max: 40 }),
});

export const officerColumns = z.object({
  badgeNumber: z
    .string()
    .regex(
      /^[A-Z0-9][A-Z0-9-]{1,19}$/,
      'must have 2 to 20 upper-case letters, digits and hyphens.',
    ),
  department: text({ max: 80 }),
});

export const familyColumns = z.object({
  needsStatement: text({ max: 2000, multiline: true }),
  householdSize: z.int().min(1, 'must be at least 1.').max(50, 'must be at most 50.'),
});

export const donorColumns = z.object({
  donorType: z.enum(['PERSON', 'ORGANIZATION']),
  anonymousByDefault: z.boolean(),
});
