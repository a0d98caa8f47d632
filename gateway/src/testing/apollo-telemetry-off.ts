/**
 * Apollo's gateway measures its users and sends the numbers home unless told otherwise before it
 * is loaded. Import this module before any module of `@apollo/gateway`.
 */
process.env['APOLLO_TELEMETRY_DISABLED'] = 'true';
