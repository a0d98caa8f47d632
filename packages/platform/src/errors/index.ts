export { catalogue, type ErrorCode } from './catalogue.ts';
export { CivitasError, isCivitasError } from './civitas-error.ts';
export { answerWithFailures, codeOf, UserFailure } from './user-failure.ts';
