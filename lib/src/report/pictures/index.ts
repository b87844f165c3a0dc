/** The pictures that explain the method, in the order in which a reader needs them. */
export { chain, type ChainPlace } from './chain';
export { leaveOneOut } from './leaveOneOut';
export { causalMask } from './causalMask';
export { packing } from './packing';
export { tableTreatments } from './tableTreatments';
export { fineTuning } from './fineTuning';
export { withoutStyleSheet, type Picture } from './picture';
