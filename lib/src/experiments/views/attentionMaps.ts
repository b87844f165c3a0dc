/**
 * Figure 1: what `<s>` attends to, by layer and head, in two models on each domain (paper section 3.2).
 */
import type { AttentionFacts } from '../stages/attention';
import { view } from './view';

const MODELS = ['Longformer', 'RECFORMER'] as const;

/** Attention of `<s>` in one model on one domain: maps of one sequence, statistics over several. */
export interface AttentionMap extends AttentionFacts {
  readonly domain: string;
  readonly model: (typeof MODELS)[number];
  /** [layers, heads, tokens], each row a distribution. */
  readonly attention: Float32Array;
}

/** Shows the words of items: given ones are not ours to pass on. */
export const figure1 = view('figure1', {
  kept: ({ attention, given }) => attention.domains.length > 0 && given === undefined,
  computed: ({ attention }) => attention.domains.length > 0,
  of: (experiment) => {
    const maps = experiment.profile.attention.domains.flatMap((domain) =>
      MODELS.map((model) => ({ domain, model, node: experiment.attention(domain, model) })),
    );
    return {
      nodes: maps.map(({ node }) => node),
      make: (read) =>
        maps.map(({ domain, model, node }): AttentionMap => {
          const { json, arrays } = read(node);
          return { domain, model, ...json, attention: arrays.attention.data as Float32Array };
        }),
    };
  },
});
