/**
 * Datasets, splits, negatives; readers, downloads and the made-up shop.
 *
 * @module elephant/data
 */
export * from '../data';
export * from '../data/sources';
export * from '../data/simulation';
