export { type ErasedAnswer, erasedAnswer, type ExportedPart, exportedPart } from './answers.ts';
export {
  type PersonalData,
  personalDataHandlers,
  type SectionPage,
} from './personal-data-handlers.ts';
