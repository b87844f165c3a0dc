/** What the claims offer to experiments, report and notebooks. */
export type { Claim } from './claim';
export { CLAIMS } from './registry';
export { bootstrapMeans, domainSeed } from './bootstrap';
export { significance } from './interval';
export { holm } from './holm';
export { verdict, ALPHA } from './verdict';
export { paperStands } from './paperStands';
export type { RankCell, RankSource } from './rankings';
export { scoreboard, type Measurement, type ScoreboardRow } from './scoreboard';
