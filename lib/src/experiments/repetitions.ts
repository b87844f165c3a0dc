/**
 * Table 3 again: with other seeds of LF, PT, FT and the recommenders, with other batches of pre-training, and
 * in other worlds of the shop, in which texts (shuffled), pre-training domains (unrelated) or plain language
 * (silent) say nothing about behaviour. A claim that also holds there is not due to language or transfer.
 * Each repetition is a profile of its own, so that only its seeds and its world are new.
 */
import type { SimulationWorld } from '../data/simulation';
import { allCells } from './cells';
import { scoreboard } from './chain/scoreboard';
import type { ScoreboardRow } from './claims';
import { experiment } from './experiment';
import type { Profile, Repetition } from './profiles';
import { view } from './views/view';

export interface RepeatedScoreboard {
  readonly world: SimulationWorld;
  readonly seed: number;
  readonly batchMix?: Repetition['batchMix'];
  readonly rows: readonly ScoreboardRow[];
}

/** The profile of one repetition: Table 3 alone. */
export function repeated(profile: Profile, { world, seed, batchMix }: Repetition): Profile {
  const { backbones, learningRates } = profile.repetitions;
  return {
    ...profile,
    simulation: { ...profile.simulation, world },
    // Released models are of one seed; of the control worlds, each retrains what it changes (chain/).
    language: {
      ...profile.language,
      from: seed === profile.language.seed ? profile.language.from : 'scratch',
      seed,
    },
    decisions: { ...profile.decisions, batchMix: batchMix ?? profile.decisions.batchMix },
    tables: ['table3'],
    backbones,
    repetitions: { ...profile.repetitions, runs: [] },
    recommender: { ...profile.recommender, learningRates, seeds: [seed] },
  };
}

/** The verdicts of the profile itself, then those of every repetition, all from the same cells. */
export const repetitions = view('repetitions', {
  kept: (profile) => profile.repetitions.runs.length > 0,
  of: (original) => {
    const { profile } = original;
    const { runs, backbones } = profile.repetitions;
    // On the cells that a repetition has: a verdict on both backbones says nothing beside one on SASRec
    // alone.
    const repeatedCells = allCells(original).filter(
      ({ table, backbone = 'SASRec' }) => table === 'table3' && backbones.includes(backbone),
    );
    const own: Repetition = { world: profile.simulation.world, seed: profile.language.seed };
    const boards = [
      { run: own, node: scoreboard(original, repeatedCells) },
      ...runs.map((run) => ({ run, node: experiment(repeated(profile, run)).scoreboard() })),
    ];
    return {
      nodes: boards.map(({ node }) => node),
      make: (read) =>
        boards.map(({ run, node }): RepeatedScoreboard => ({ ...run, rows: read(node).json.rows })),
    };
  },
});
