import { Server } from '@hocuspocus/server';

// As it comes: in memory, nothing stored.
const server = new Server({ port: 0, address: '127.0.0.1', quiet: true });
await server.listen();
process.send({ url: server.webSocketURL });
process.on('disconnect', () => process.exit());
