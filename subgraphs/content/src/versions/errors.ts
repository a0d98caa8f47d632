import { UserFailure } from '@civitas/platform/errors';

/** Of one subject: each is as large as the subject's tree. */
export const MAX_VERSIONS = 200;

export function subjectVersionNotFound(): UserFailure {
  return new UserFailure('SubjectVersionNotFound', 'There is no such version.', [
    'input',
    'versionId',
  ]);
}

export function subjectVersionsFull(): UserFailure {
  const message = `A subject has at most ${MAX_VERSIONS} versions.`;
  return new UserFailure('SubjectVersionsFull', message, null, { maxVersions: MAX_VERSIONS });
}
