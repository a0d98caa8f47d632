import { UserFailure } from '@civitas/platform/errors';

export function topicCycle(field: 'parentId' | 'fromId'): UserFailure {
  return new UserFailure('TopicCycle', 'A topic cannot stand below itself.', ['input', field]);
}
