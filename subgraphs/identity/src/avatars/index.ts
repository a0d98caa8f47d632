export { type AvatarFiles, createAvatarFiles } from './avatar-files.ts';
export { createAvatarCollector } from './collect-avatars.ts';
export { createAvatarLoaders } from './loaders.ts';
export { resolvers as avatarResolvers } from './resolvers.ts';
