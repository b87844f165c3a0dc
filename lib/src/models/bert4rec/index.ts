export { bert4rec, bert4recClasses } from './bert4rec';
export { BERT4REC_DEFAULTS, maskToken, type BERT4RecOptions } from './options';
export { bert4recBody, bert4recTable } from './parameters';
