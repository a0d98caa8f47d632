import { UserFailure } from '@civitas/platform/errors';

export function subjectNotFound(): UserFailure {
  return new UserFailure('SubjectNotFound', 'There is no such subject.', ['input', 'subjectId']);
}
