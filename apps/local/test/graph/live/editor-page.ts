import { editTopic } from '@civitas/topic-editing';
import { createClient } from 'graphql-ws';

// What an app's page has of live editing, bundled for a browser as an app would.

Object.assign(globalThis, {
  open: (topicId: string, authorization: string) => {
    const url = `ws://${location.host}/graphql`;
    const client = createClient({ url, connectionParams: { authorization } });
    return editTopic({ client, topicId });
  },
});
