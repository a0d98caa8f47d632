export { createFilledDatabases, createTestDatabase } from './database/index.ts';
export { recordSent, recordStatements, type SentStatement } from './database/record-statements.ts';
export { S3_KEYS, startS3Server } from './objects/start-s3-server.ts';
export { startTestRedis } from './redis/index.ts';
export { createTestClient, type TestClient, type TestResult } from './subgraph/test-client.ts';
export { type TestSubgraph, useTestSubgraph } from './subgraph/use-test-subgraph.ts';
export { userViewer } from './subgraph/viewers.ts';
