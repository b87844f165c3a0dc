/**
 * What all domains of the simulation share: the meaning of concepts, their behaviour, user types and needs. It holds no
 * item and no user. Called by catalogue.ts, choice.ts, simulateDomain.ts and simulateCorpus.ts.
 *
 * Vectors are rows of 8 numbers, float32. Only rho and sigma touch this file: the random draws are the same in every world
 * of a seed, so worlds differ by nothing but what they switch off.
 */

import { structure, type DomainName, type SimulationParameters } from './parameters';
import { Stream } from './random';
import { makeVocabulary, type Vocabulary } from './vocabulary';

const { dimensions: D, concepts, types, needs } = structure;

export interface World {
  readonly seed: number;
  readonly parameters: SimulationParameters;
  readonly vocabulary: Vocabulary;
  /** s: meaning of each concept, [concepts, 8]. */
  readonly meaning: Float32Array;
  /** b: behaviour of each concept before a domain bends it, [concepts, 8]. */
  readonly behaviour: Float32Array;
  /** n: vector of each need, [needs, 8]. */
  readonly needVectors: Float32Array;
  /** t: taste of each type, [types, 8]. */
  readonly tastes: Float32Array;
  /** pi: distribution over needs of each type, [types, needs]. */
  readonly needShares: readonly Float64Array[];
  /** Distribution over the needs that complement each need, [needs, needs]; a few entries are not zero. */
  readonly complements: readonly Float64Array[];
  /** W: how the previous item pulls the next one, [8, 8]. */
  readonly pull: Float32Array;
}

export function makeWorld(seed: number, parameters: SimulationParameters): World {
  const random = new Stream(seed, 'world');
  const meaning = random.normals(concepts * D);
  const own = random.normals(concepts * D);
  const needVectors = random.normals(needs * D);
  const tastes = random.normals(types * D);
  const needShares = Array.from({ length: types }, () => random.dirichlet(needs, structure.needConcentration));
  const complements = Array.from({ length: needs }, (_, need) => complementRow(need, random));
  const pull = pullMatrix(random);
  return {
    seed,
    parameters,
    vocabulary: makeVocabulary(seed),
    meaning,
    behaviour: correlated(meaning, own, parameters.rho),
    needVectors,
    tastes,
    needShares,
    complements,
    pull,
  };
}

/** b_d: behaviour of each concept in one domain, [concepts, 8]. */
export function domainBehaviour(world: World, domain: DomainName): Float32Array {
  const own = new Stream(world.seed, `behaviour/${domain}`).normals(concepts * D);
  return correlated(world.behaviour, own, world.parameters.sigma);
}

/** correlation * a + sqrt(1 - correlation^2) * own: unit variance stays unit variance. */
function correlated(a: Float32Array, own: Float32Array, correlation: number): Float32Array {
  const rest = Math.sqrt(1 - correlation * correlation);
  return a.map((value, i) => correlation * value + rest * own[i]);
}

/** Shares of the needs that follow `need` as complements. */
function complementRow(need: number, random: Stream): Float64Array {
  const row = new Float64Array(needs);
  const others = random.shuffle(Array.from({ length: needs }, (_, z) => z).filter((z) => z !== need));
  const shares = random.dirichlet(structure.complements, 1);
  shares.forEach((share, k) => (row[others[k]] = share));
  return row;
}

/**
 * 0.8 I + 0.6 Q, Q a random rotation: the pull is mostly towards what is alike (substitutes), partly towards something else
 * that is the same for all users (complements). Gram-Schmidt on a normal matrix gives Q.
 */
function pullMatrix(random: Stream): Float32Array {
  const rows: number[][] = [];
  while (rows.length < D) {
    const row = Array.from(random.normals(D));
    for (const other of rows) {
      const along = row.reduce((sum, value, i) => sum + value * other[i], 0);
      other.forEach((value, i) => (row[i] -= along * value));
    }
    const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    if (length > 1e-3) rows.push(row.map((value) => value / length));
  }
  return Float32Array.from(rows.flatMap((row, i) => row.map((value, j) => 0.6 * value + (i === j ? 0.8 : 0))));
}
