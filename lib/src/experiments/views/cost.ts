/**
 * What a profile costs, by kind of stage: counts and arithmetic. Seconds depend on the machine; they are in
 * the store's log.
 */
import { closure } from '../../pipeline/stage';
import { view } from './view';

export interface KindCost {
  readonly kind: string;
  readonly stages: number;
  /** Estimated from the sizes (costs/work.ts); 0 if a stage does hardly any arithmetic. */
  readonly flop: number;
}

export const cost = view('cost', {
  kept: () => true,
  of: (experiment) => ({
    nodes: experiment.domains().map(experiment.dataset),
    make: async (read): Promise<KindCost[]> => {
      // What counts FLOP knows the models, and what lists all stages knows all views: loaded when needed.
      const { workOf } = await import('../costs/work');
      const { domainSizes } = await import('../costs/domainSizes');
      const { allNodes } = await import('../allNodes');
      const { profile } = experiment;
      const sizes = domainSizes(profile, (domain) => read(experiment.dataset(domain)).json.statistics);
      const kinds = new Map<string, KindCost>();
      for (const node of closure(allNodes(profile))) {
        const kind = node.kind.name;
        const { stages, flop } = kinds.get(kind) ?? { stages: 0, flop: 0 };
        const work = workOf(node, profile, sizes);
        kinds.set(kind, { kind, stages: stages + 1, flop: flop + (work?.flop ?? 0) });
      }
      return [...kinds.values()].sort((a, b) => b.flop - a.flop || (a.kind < b.kind ? -1 : 1));
    },
  }),
});
