/** Profiles: how large an experiment is, and on which data. One file per profile. */
export { profile, PROFILE_NAMES } from './profile';
export type { OwnData } from './ownData';
export { type Backbone, BACKBONE_MODELS, backboneOf, BACKBONES } from './backbones';
export type { Profile, Repetition, TableName } from './schema';
