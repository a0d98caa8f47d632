import { z } from 'zod';

/** A TCP port; 0 lets the system choose. */
export const port = z.coerce.number().int().min(0).max(65_535);

export const logLevel = z.enum(['silent', 'error', 'warn', 'info', 'debug', 'trace']);

/** Key material shared by the gateway and the subgraphs: at least 256 bits as text. */
export const secret = z.string().min(32);

export const booleanFlag = z.stringbool();
