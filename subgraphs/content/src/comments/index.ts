export { anchorInNewText } from './anchor-in-new-text.ts';
export { carryAnchors } from './carry-anchors.ts';
export { createCommentLoaders } from './loaders.ts';
export { resolvers as commentResolvers } from './resolvers.ts';
