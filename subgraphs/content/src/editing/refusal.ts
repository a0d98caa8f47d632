import { UserFailure } from '@civitas/platform/errors';
import {
  MAX_AWARENESS_BYTES,
  MAX_STATE_BYTES,
  MAX_SYNC_BYTES,
  MAX_TEXT_LENGTH,
  MAX_UPDATE_BYTES,
} from './limits.ts';

// Why a push is refused. Nothing of it is stored.

export function topicUpdateMalformed(message: string): UserFailure {
  return new UserFailure('TopicUpdateMalformed', message, ['input', 'update']);
}

export function topicUpdateTooLarge(): UserFailure {
  const message = `An update has at most ${MAX_UPDATE_BYTES} bytes, the first after a time offline at most ${MAX_SYNC_BYTES}.`;
  return new UserFailure('TopicUpdateTooLarge', message, ['input', 'update'], {
    maxBytes: MAX_UPDATE_BYTES,
    maxSyncBytes: MAX_SYNC_BYTES,
  });
}

export function topicTextTooLong(): UserFailure {
  return new UserFailure('TopicTextTooLong', 'The text would be too long.', ['input', 'update'], {
    maxLength: MAX_TEXT_LENGTH,
  });
}

export function topicStateTooLarge(): UserFailure {
  const message = 'The text and its history of deletions would be too large.';
  return new UserFailure('TopicStateTooLarge', message, ['input', 'update'], {
    maxBytes: MAX_STATE_BYTES,
  });
}

export function topicAwarenessTooLarge(): UserFailure {
  const message = `Presence has at most ${MAX_AWARENESS_BYTES} bytes.`;
  return new UserFailure('TopicAwarenessTooLarge', message, ['input', 'awareness'], {
    maxBytes: MAX_AWARENESS_BYTES,
  });
}

export function topicAwarenessMalformed(): UserFailure {
  const message = 'Presence is the JSON text of an object.';
  return new UserFailure('TopicAwarenessMalformed', message, ['input', 'awareness']);
}

export function topicPushedTooOften(retryAfterMs: number): UserFailure {
  const message = 'This client pushes faster than the topic accepts.';
  return new UserFailure('TopicPushedTooOften', message, null, { retryAfterMs });
}

export function topicClientIdTaken(): UserFailure {
  const message = 'Somebody else has used this client id.';
  return new UserFailure('TopicClientIdTaken', message, ['input', 'clientId']);
}

export function topicEpochChanged(epoch: number): UserFailure {
  const message = 'The history of this topic was purged; start from its present text.';
  return new UserFailure('TopicEpochChanged', message, ['input', 'epoch'], { epoch });
}

export function editedTopicNotFound(): UserFailure {
  return new UserFailure('TopicNotFound', 'There is no such topic here.', ['input', 'topicId']);
}
