/**
 * Figure 1: what `<s>` attends to, by layer and head, in two models on each domain (paper section 3.2).
 * Called by Session.
 */
import { attentionNode } from '../nodes';
import type { Profile } from '../profiles';
import type { AttentionJson } from '../stages/attention';
import type { View } from './view';

const MODELS = ['Longformer', 'RECFORMER'] as const;

/** Attention of `<s>` in one model on one domain: maps of one sequence, statistics over several. */
export interface AttentionMap extends AttentionJson {
  readonly domain: string;
  readonly model: (typeof MODELS)[number];
  /** [layers, heads, tokens], each row a distribution. */
  readonly attention: Float32Array;
}

export function attentionMaps(profile: Profile): View<AttentionMap[]> {
  const maps = profile.attention.domains.flatMap((domain) =>
    MODELS.map((model) => ({ domain, model, node: attentionNode(profile, domain, model) })),
  );
  return {
    nodes: maps.map(({ node }) => node),
    make: (read) =>
      maps.map(({ domain, model, node }): AttentionMap => {
        const { json, arrays } = read(node);
        return {
          domain,
          model,
          ...(json as unknown as AttentionJson),
          attention: arrays.attention.data as Float32Array,
        };
      }),
  };
}
