/** `elephant/evaluation`: ranking protocols, metrics, counting baselines. */
export * from '../evaluation';
