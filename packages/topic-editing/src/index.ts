export {
  type EditedTopic,
  type EditTopicOptions,
  editTopic,
  editTopicOver,
  type TopicStatus,
} from './edit-topic.ts';
export {
  PUSH_TOPIC_UPDATE,
  type PushResult,
  TOPIC_EDITS,
  type TopicEdits,
} from './operations.ts';
export {
  GraphError,
  overOperations,
  overWebSocket,
  type RunOperation,
  type Transport,
} from './transport.ts';
