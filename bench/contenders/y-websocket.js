import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { setupWSConnection } from 'y-websocket/bin/utils';

// As it comes: in memory, nothing stored.
const server = createServer();
new WebSocketServer({ server }).on('connection', setupWSConnection);
server.listen(0, '127.0.0.1', () => {
  process.send({ url: `ws://127.0.0.1:${server.address().port}` });
});
process.on('disconnect', () => process.exit());
