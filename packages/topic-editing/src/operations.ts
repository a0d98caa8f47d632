export const TOPIC_EDITS = /* GraphQL */ `
  subscription TopicEdits($topicId: ID!, $clientId: Float!, $epoch: Int, $stateVector: Base64) {
    topicEdits(
      topicId: $topicId
      clientId: $clientId
      epoch: $epoch
      stateVector: $stateVector
    ) {
      epoch
      seq
      update
      stateVector
      presence {
        clientId
        state
        by {
          id
        }
      }
      ended
    }
  }
`;

export const PUSH_TOPIC_UPDATE = /* GraphQL */ `
  mutation PushTopicUpdate($input: PushTopicUpdateInput!) {
    pushTopicUpdate(input: $input) {
      __typename
      ... on PushTopicUpdateSuccess {
        seq
        missing
      }
      ... on TopicPushedTooOften {
        retryAfterMs
      }
      ... on UserError {
        code
        message
      }
    }
  }
`;

export interface TopicEdits {
  readonly epoch: number;
  readonly seq: number;
  readonly update: string | null;
  readonly stateVector: string | null;
  readonly presence: readonly RemotePresence[];
  readonly ended: string | null;
}

export interface RemotePresence {
  readonly clientId: number;
  readonly state: string | null;
  readonly by: { readonly id: string } | null;
}

export interface PushResult {
  readonly __typename: string;
  readonly seq?: number;
  readonly missing?: string | null;
  readonly retryAfterMs?: number;
  readonly code?: string;
  readonly message?: string;
}
