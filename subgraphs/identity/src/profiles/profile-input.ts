import { text } from '@civitas/platform/validation';
import { z } from 'zod';
import { donorColumns, familyColumns, merchantColumns, officerColumns } from './columns-of-kind.ts';

const shown = z.enum(['PUBLIC', 'PRIVATE']).nullish();
const fieldShown = z.enum(['PUBLIC', 'SIGNED_IN', 'ONLY_ME']).nullish();

/** Null leaves a field, but for those that can be taken away; absent leaves all of them. */
export const updateProfileInput = z.object({
  displayName: text({ max: 80 }).nullish(),
  bio: text({ max: 1000, multiline: true }).nullable().optional(),
  location: text({ max: 80 }).nullable().optional(),
  acquaintanceVisibility: shown,
  searchVisibility: shown,
  visibility: z
    .object({
      bio: fieldShown,
      location: fieldShown,
      email: fieldShown,
      address: fieldShown,
      avatar: fieldShown,
    })
    .nullish(),
  merchant: z
    .object({
      tradeName: merchantColumns.shape.tradeName.nullish(),
      category: merchantColumns.shape.category.nullish(),
    })
    .nullish(),
  officer: z
    .object({
      badgeNumber: officerColumns.shape.badgeNumber.nullish(),
      department: officerColumns.shape.department.nullish(),
    })
    .nullish(),
  family: z
    .object({
      needsStatement: familyColumns.shape.needsStatement.nullish(),
      householdSize: familyColumns.shape.householdSize.nullish(),
      address: text({ max: 300, multiline: true }).nullable().optional(),
    })
    .nullish(),
  donor: z
    .object({
      donorType: donorColumns.shape.donorType.nullish(),
      anonymousByDefault: donorColumns.shape.anonymousByDefault.nullish(),
    })
    .nullish(),
});
