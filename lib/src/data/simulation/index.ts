/** The embedded, simulated data and their oracle. */
export { simulateDomain, simulateTruth, type SimulatedTruth, type SimulationOptions } from './simulateDomain';
export { readLexicon, shopLexicon } from './lexicon';
export { simulateCorpus, type CorpusOptions } from './simulateCorpus';
export {
  calibratedParameters,
  domainSize,
  evaluationDomains,
  pretrainingDomains,
  simulatedDomains,
  simulationSizes,
  simulationWorlds,
  type DomainName,
  type DomainSize,
  type SimulationParameters,
  type SimulationSize,
  type SimulationWorld,
} from './parameters';
export { Oracle } from './oracle';
export { oracleScorer, type RowScorer } from './oracleScorer';
