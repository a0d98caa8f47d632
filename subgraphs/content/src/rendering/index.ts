export { resolvers as renderingResolvers } from './resolvers.ts';
export { createTextRenderer, type TextRenderer } from './text-renderer.ts';
