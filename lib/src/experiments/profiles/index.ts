/** Profiles: how large an experiment is. One file a profile. */
export { profile, PROFILE_NAMES } from './profile';
export type { OwnData } from './ownData';
export { BACKBONES } from './schema';
export type { Backbone, Profile, Repetition, TableName } from './schema';
