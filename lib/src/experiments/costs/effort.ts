/** What takes as long as some arithmetic, for times estimated from FLOP. */

/**
 * A call of the runtime (for a layer, or for a whole recommender), and a byte that the optimiser moves, as
 * FLOP that take as long.
 */
export const CALL_FLOP = 1e8;
export const BYTE_FLOP = 3.6;
