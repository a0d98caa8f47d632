export { erasureHandlers } from './clear-for-erasure.ts';
export { personalData } from './personal-data.ts';
