/** What a profile's results depend on: data, seeds, versions. For the first cell of a notebook and the report. Called by Session. */
import { libraryVersion, packageVersion } from '../../project';
import { datasetNode } from '../nodes';
import type { Profile } from '../profiles';
import type { View } from './view';

export interface Provenance {
  readonly profile: string;
  readonly provider: string;
  readonly data: string;
  readonly seeds: readonly number[];
  /** Domain to fingerprint. */
  readonly fingerprints: Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, string>>;
}

export function provenance(profile: Profile): View<Provenance> {
  const nodes = profile.domains.map((domain) => ({ domain, node: datasetNode(profile, domain) }));
  const { world, size, seed } = profile.simulation;
  return {
    nodes: nodes.map(({ node }) => node),
    make: (read) => ({
      profile: profile.name,
      provider: 'cpu, one thread a stage',
      data: profile.given === undefined ? `simulation, world "${world}", size "${size}", seed ${seed}` : 'Amazon reviews',
      seeds: profile.recommender.seeds,
      fingerprints: Object.fromEntries(nodes.map(({ domain, node }) => [domain, (read(node).json as { fingerprint: string }).fingerprint])),
      versions: { elephant: libraryVersion(), 'onnxruntime-node': packageVersion('onnxruntime-node') ?? 'absent', '@tensorflow/tfjs-core': packageVersion('@tensorflow/tfjs-core') ?? 'absent' },
    }),
  };
}
