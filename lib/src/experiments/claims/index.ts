/** What the claims offer to experiments, report and notebooks. */
export type {
  Backbone,
  Claim,
  Column,
  Contrast,
  Direction,
  Gain,
  Measure,
  MetricFamily,
  Protocol,
  Strength,
  TableId,
} from './claim';
export { CLAIMS, COMPARABLE } from './registry';
export { bootstrapMeans, domainSeed } from './bootstrap';
export { CONFIDENCE, significance, type Interval, type Significance } from './interval';
export { holm } from './holm';
export { verdict, ALPHA, type Verdict } from './verdict';
export { paperStands, PAPER_DOMAINS, type PaperStand } from './paperStands';
export type { Cell, CellCount } from './cells';
export type { RankCell, RankSource } from './rankings';
export { scoreboard, type Measurement, type ScoreboardOptions, type ScoreboardRow } from './scoreboard';
