export { ConfigError, readConfig } from './read-config.ts';
export { booleanFlag, logLevel, port, secret } from './values.ts';
