export {
  type EditedTopic,
  type EditTopicOptions,
  editTopic,
  editTopicOver,
  type TopicStatus,
} from './edit-topic.ts';
export type { PushResult, TopicEdits } from './operations.ts';
export {
  GraphError,
  overOperations,
  overWebSocket,
  type RunOperation,
  type Transport,
} from './transport.ts';
