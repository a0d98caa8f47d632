export { type ErasedAnswer, type ExportedPart, erasedAnswer, exportedPart } from './answers.ts';
export { forgetErased } from './forget-erased.ts';
export {
  type PersonalData,
  personalDataHandlers,
  type SectionPage,
} from './personal-data-handlers.ts';
