/** One published failure: what it means, what the caller can do, and how HTTP sees it. */
interface CatalogueEntry {
  /** The message clients see when the thrower gives none. Never holds data of a request. */
  readonly message: string;
  /** HTTP status when the failure is of the whole request. */
  readonly status:
    | 400
    | 401
    | 403
    | 404
    | 405
    | 408
    | 409
    | 413
    | 415
    | 416
    | 429
    | 500
    | 502
    | 503
    | 504
    | 507;
  /** What the caller can do about it, in one sentence. */
  readonly remedy: string;
  /** True when repeating the same request later can succeed. */
  readonly retryable: boolean;
}

/**
 * Every `extensions.code` the graph can answer with. A code once published keeps its meaning;
 * `docs/errors.md` is generated from this table and CI fails when they differ.
 */
export const catalogue = {
  BAD_REQUEST: {
    message: 'The request is not a GraphQL request.',
    status: 400,
    remedy: 'Send a JSON body with a `query` string, or its GET form.',
    retryable: false,
  },
  GRAPHQL_PARSE_FAILED: {
    message: 'The document is not valid GraphQL.',
    status: 400,
    remedy: 'Correct the syntax at the given location.',
    retryable: false,
  },
  GRAPHQL_VALIDATION_FAILED: {
    message: 'The document does not fit the schema.',
    status: 400,
    remedy: 'Compare the named field, argument or type with the schema.',
    retryable: false,
  },
  OPERATION_NOT_FOUND: {
    message: 'The document has no such operation.',
    status: 400,
    remedy: 'Send the name of one operation of the document as `operationName`.',
    retryable: false,
  },
  OPERATION_NOT_SUPPORTED: {
    message: 'This kind of operation is not served here.',
    status: 400,
    remedy: 'Send mutations by POST, and subscriptions by WebSocket.',
    retryable: false,
  },
  OPERATION_TOO_LARGE: {
    message: 'The operation is larger than the graph accepts.',
    status: 400,
    remedy: 'Ask for less at once: fewer fields, aliases, levels or items.',
    retryable: false,
  },
  OPERATION_NOT_ANSWERABLE: {
    message: 'No subgraph can answer this combination of fields.',
    status: 500,
    remedy: 'Ask for the fields on their concrete types, and report the operation to the graph.',
    retryable: false,
  },
  OPERATION_TOO_COSTLY: {
    message: 'The operation could cost more than you may spend at once.',
    status: 400,
    remedy: 'Ask for smaller pages or fewer lists in lists; `extensions` has both numbers.',
    retryable: false,
  },
  PERSISTED_QUERY_NOT_FOUND: {
    // Clients of Apollo look for this very word.
    message: 'PersistedQueryNotFound',
    status: 404,
    remedy: 'Send the document together with its hash once.',
    retryable: true,
  },
  PERSISTED_QUERY_HASH_MISMATCH: {
    message: 'The id is not that of the document.',
    status: 400,
    remedy: 'Send the SHA-256 of the document exactly as it is sent.',
    retryable: false,
  },
  PERSISTED_QUERY_NOT_IN_LIST: {
    message: 'No operation is registered under this id.',
    status: 403,
    remedy: 'Publish the operation before the client that sends it.',
    retryable: false,
  },
  PERSISTED_QUERY_ID_REQUIRED: {
    message: 'This client sends operations by their ids only.',
    status: 403,
    remedy: 'Send the id of a registered operation as `documentId`, and no document.',
    retryable: false,
  },
  QUERY_NOT_IN_SAFELIST: {
    message: 'This operation is not registered.',
    status: 403,
    remedy: 'Publish the operation before the client that sends it.',
    retryable: false,
  },
  BAD_USER_INPUT: {
    message: 'An input value is not acceptable.',
    status: 400,
    remedy: 'Correct the value at `extensions.argumentPath`.',
    retryable: false,
  },
  MALFORMED_ID: {
    message: 'This is not an id of the expected kind.',
    status: 400,
    remedy: 'Send an id as the graph gave it, of the type the argument names.',
    retryable: false,
  },
  MALFORMED_CURSOR: {
    message: 'This cursor does not belong to this list.',
    status: 400,
    remedy: 'Send `after` exactly as `endCursor` of the same list gave it.',
    retryable: false,
  },
  PAGE_SIZE_OUT_OF_RANGE: {
    message: 'The page size is out of range.',
    status: 400,
    remedy: 'Ask for `first` between 1 and 100.',
    retryable: false,
  },
  UNAUTHENTICATED: {
    message: 'Sign in to do this.',
    status: 401,
    remedy: 'Send a valid access token; refresh it when it has expired.',
    retryable: false,
  },
  FORBIDDEN: {
    message: 'You are not allowed to do this.',
    status: 403,
    remedy: 'Ask somebody who is, or for the role or scope that allows it.',
    retryable: false,
  },
  NOT_FOUND: {
    message: 'There is no such thing, or you may not see it.',
    status: 404,
    remedy: 'Check the id.',
    retryable: false,
  },
  METHOD_NOT_ALLOWED: {
    message: 'This HTTP method is not served here.',
    status: 405,
    remedy: 'Use POST, or GET for queries.',
    retryable: false,
  },
  CONFLICT: {
    message: 'Somebody changed this at the same time.',
    status: 409,
    remedy: 'Read the current state and try again.',
    retryable: true,
  },
  REQUEST_TIMEOUT: {
    message: 'The request took too long to arrive.',
    status: 408,
    remedy: 'Send it again, faster or in smaller parts.',
    retryable: true,
  },
  FILE_ADDRESS_NOT_VALID: {
    message: 'This address of a file was changed, or it has expired.',
    status: 403,
    remedy: 'Ask the graph for a new address.',
    retryable: false,
  },
  RANGE_NOT_SATISFIABLE: {
    message: 'The file ends before the part that was asked for.',
    status: 416,
    remedy: 'Ask for a part that begins before the length in `content-range`.',
    retryable: false,
  },
  PAYLOAD_TOO_LARGE: {
    message: 'The request is larger than the server accepts.',
    status: 413,
    remedy: 'Send less at once.',
    retryable: false,
  },
  UNSUPPORTED_MEDIA_TYPE: {
    message: 'This media type is not accepted.',
    status: 415,
    remedy: 'Send `content-type: application/json`.',
    retryable: false,
  },
  CSRF_PREVENTION: {
    message: 'The request could have been made by a foreign web page without a preflight.',
    status: 400,
    remedy: 'Send `content-type: application/json` or an `x-civitas-preflight` header.',
    retryable: false,
  },
  RATE_LIMITED: {
    message: 'Too many requests.',
    status: 429,
    remedy: 'Wait for the seconds that `Retry-After` or `extensions.retryAfterSeconds` names.',
    retryable: true,
  },
  INTERNAL_CALLER_REQUIRED: {
    message: 'Only the gateway may call this service.',
    status: 401,
    remedy: 'Send the request to the gateway.',
    retryable: false,
  },
  SUBGRAPH_UNAVAILABLE: {
    message: 'A part of the graph cannot be reached right now.',
    status: 502,
    remedy: 'Use the data that did arrive; try again later.',
    retryable: true,
  },
  TEXT_TOO_COMPLEX: {
    message: 'This text takes too long to be rendered.',
    status: 400,
    remedy: 'Show its `markdown`, or divide it.',
    retryable: false,
  },
  SUBGRAPH_TIMEOUT: {
    message: 'A part of the graph did not answer in time.',
    status: 504,
    remedy: 'Use the data that did arrive; try again later.',
    retryable: true,
  },
  SUBGRAPH_OVERLOADED: {
    message: 'A part of the graph has more to do than it can.',
    status: 503,
    remedy: 'Use the data that did arrive; try again in a moment.',
    retryable: true,
  },
  SERVICE_UNAVAILABLE: {
    message: 'The server is starting, draining or overloaded.',
    status: 503,
    remedy: 'Try again in a moment.',
    retryable: true,
  },
  STORAGE_FULL: {
    message: 'There is no room for this file right now.',
    status: 507,
    remedy: 'Nothing of it was kept. Try again later; texts can be written meanwhile.',
    retryable: true,
  },
  INTERNAL_SERVER_ERROR: {
    message: 'Something went wrong on our side.',
    status: 500,
    remedy: 'Report the request id.',
    retryable: true,
  },
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorCode = keyof typeof catalogue;
