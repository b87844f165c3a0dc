export { SASREC_DEFAULTS, type SASRecOptions } from './options';
export { sasrecBody, sasrecTable } from './parameters';
export { sasrec } from './sasrec';
