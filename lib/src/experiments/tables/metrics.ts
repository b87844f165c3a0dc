/** The metrics that tables show, by the paper's names. */

export const METRICS = { 'H@5': 'HR@5', 'H@10': 'HR@10', 'N@5': 'NDCG@5', 'N@10': 'NDCG@10' } as const;
/** Metrics of rankings among all items, as in Table 4. */
export const WITH_50 = { ...METRICS, 'H@50': 'HR@50', 'N@50': 'NDCG@50' } as const;
