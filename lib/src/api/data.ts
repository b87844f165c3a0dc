/** `elephant/data`: datasets, splits, negatives; readers, downloads and the made-up shop. */
export * from '../data';
export * from '../data/sources';
export * from '../data/simulation';
