/** What the report is made of. paperRepro.ts and handout/ write it down. */
import type { ComparisonTable } from '../experiments/measured';
import type { Glance } from './display/glance';
import type { Table } from './display/table';
import type { Figure } from './figures/figure';
import type { Picture } from './pictures';

/** A piece of the report, in the order of reading. */
export type Block =
  | { readonly heading: string }
  | { readonly text: string }
  | { readonly intro: string; readonly list: readonly string[] }
  /** `citing`: its cells name decisions, which become links. */
  | { readonly table: Table; readonly citing?: boolean }
  /** `under`: it belongs to the heading before it. `folded`: the table opens with a click. */
  | { readonly comparison: ComparisonTable; readonly under?: boolean; readonly folded?: boolean }
  | { readonly glance: Glance }
  | { readonly figure: Figure; readonly caption: string }
  | { readonly picture: Picture; readonly caption: string };
