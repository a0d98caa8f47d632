export { allows, maySee, roleOf, seenBy, viewerIdOf } from './access.ts';
export { announceChange, type SubjectChange } from './changes.ts';
export { SUBJECT_TITLE_LENGTH, subjectTitle, subjectVisibility } from './create-subject.ts';
export { subjectNotFound } from './errors.ts';
export { subjectCreated } from './events.ts';
export { createSubjectLoaders } from './loaders.ts';
export { resolvers as subjectResolvers } from './resolvers.ts';
export { findVisibleSubject, lockSubject } from './service.ts';
