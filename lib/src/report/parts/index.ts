/**
 * The report's parts in their order. A part asks the session only for its own results, so a single part
 * computes only its own stages.
 */
import { beyondPart } from './beyond';
import { costPart } from './cost';
import { differencesPart } from './differences';
import { figure1Part } from './figure1';
import { figure2Part } from './figure2';
import { learningPart } from './learning';
import { manySeedsPart } from './manySeeds';
import { methodPart } from './method';
import { realPart } from './real';
import { repetitionsPart } from './repetitions';
import { scoreboardPart } from './scoreboard';
import { table1Part } from './table1';
import { table2Part } from './table2';
import { table3Part } from './table3';
import { table4Part } from './table4';
import { table5Part } from './table5';
import { trainingPart } from './training';
import { userPart } from './user';
import { whenPart } from './when';
import type { Part } from './part';

export type { Part } from './part';

export const PARTS: readonly Part[] = [
  scoreboardPart,
  repetitionsPart,
  methodPart,
  learningPart,
  figure1Part,
  table1Part,
  table2Part,
  table3Part,
  realPart,
  manySeedsPart,
  table4Part,
  userPart,
  table5Part,
  figure2Part,
  beyondPart,
  whenPart,
  trainingPart,
  differencesPart,
  costPart,
];
