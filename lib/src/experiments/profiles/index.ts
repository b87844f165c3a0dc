/** Profiles: how large an experiment is, and on which data. One file per profile. */
export { profile, PROFILE_NAMES } from './profile';
export type { OwnData } from './ownData';
export { BACKBONES } from './schema';
export type { Backbone, Profile, Repetition, TableName } from './schema';
