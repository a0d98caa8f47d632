export { createPerson, takenFailure } from './create-person.ts';
export { email } from './email.ts';
export { personInput } from './register-input.ts';
export { resolvers as accountResolvers } from './resolvers.ts';
