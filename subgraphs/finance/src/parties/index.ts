export { type NewParty, registerParty } from './register-party.ts';
