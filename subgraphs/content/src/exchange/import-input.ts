import { idOf, text } from '@civitas/platform/validation';
import { z } from 'zod';
import { subjectTitle, subjectVisibility } from '../subjects/index.ts';
import { importIdPattern } from './import-progress.ts';
import { IMPORTED_FORMATS } from './read-imported-file.ts';

export const importFileName = text({ max: 255 });

export const importInput = z
  .object({
    file: z.instanceof(Uint8Array).nullish(),
    uploadId: idOf('upl').nullish(),
    fileName: importFileName.nullish(),
    format: z.enum(IMPORTED_FORMATS, 'cannot be imported.').nullish(),
    title: subjectTitle.nullish(),
    visibility: subjectVisibility,
    importId: z
      .string()
      .regex(importIdPattern, 'must be 1 to 64 letters, digits, `-`, `_`.')
      .nullish(),
  })
  .refine(({ file, uploadId }) => (file == null) !== (uploadId == null), {
    path: ['file'],
    message: 'give either `file` or `uploadId`.',
  })
  .refine(({ file, fileName }) => file == null || fileName != null, {
    path: ['fileName'],
    message: 'is needed for a `file`.',
  });
export type ImportInput = z.output<typeof importInput>;
