/**
 * Ranking protocols, metrics, counting baselines.
 *
 * @module elephant/evaluation
 */
export * from '../evaluation';
