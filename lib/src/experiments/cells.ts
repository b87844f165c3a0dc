/**
 * Which stages are behind a cell of the paper's tables and of Figure 2: the one place where a column's name
 * becomes runs.
 */
import type { StageNode } from '../pipeline/stage';
import type { TableSource } from './chain/itemTables';
import {
  BASE,
  fractionColumns,
  LAYER_SETS,
  layersOf,
  LEXICAL_COLUMNS,
  percentage,
  TABLE3_COLUMNS,
  type Cell,
} from './columns';
import type { Experiment } from './experiment';
import type { Backbone, TableName } from './profiles';
import type { TestFacts } from './stages/storedEvaluation';

type Run = StageNode<TestFacts>;

/** The runs of a cell, one per seed; undefined if the profile has no such cell. */
export function cellStages(
  experiment: Experiment,
  { table, backbone = 'SASRec', domain, column }: Cell,
): Run[] | undefined {
  const { profile } = experiment;
  if (!profile.tables.includes(table) || !profile.backbones.includes(backbone)) return undefined;
  switch (table) {
    case 'table1':
      return layerSet(experiment, domain, column);
    case 'table3':
      return profile.domains.includes(domain)
        ? table3(experiment, domain, backbone, column, 'sampled')
        : undefined;
    case 'table4':
      return profile.domains.includes(domain) ? table4(experiment, domain, column) : undefined;
    case 'table5':
      return profile.withID.includes(domain) ? table5(experiment, domain, column) : undefined;
    case 'figure2':
      return profile.fractionDomains.includes(domain) ? fraction(experiment, domain, column) : undefined;
  }
}

function layerSet(experiment: Experiment, domain: string, column: string): Run[] | undefined {
  const { profile } = experiment;
  const { domain: main, also } = profile.layerSets;
  const measured = domain === main || (also.includes(domain) && (column === 'All' || column === '3,7,11'));
  const printed = LAYER_SETS.get(column);
  if (!measured || printed === undefined) return undefined;
  const tuned = layersOf(printed, profile.language.layers);
  if (tuned === 'all') return [experiment.recformer(domain)];
  if (column === 'None') return [experiment.layerSet(domain, tuned, 'LF')];
  const restricted = profile.layerSets.restricted === 'PT and FT' && tuned.length > 0;
  return [experiment.layerSet(domain, tuned, restricted ? tuned : 'PT')];
}

function table3(
  experiment: Experiment,
  domain: string,
  backbone: Backbone,
  column: string,
  protocol: 'sampled' | 'full',
): Run[] | undefined {
  if (column === 'REC')
    return [protocol === 'full' ? experiment.selectedRec(domain, 'full') : experiment.recformer(domain)];
  if (column === BASE[backbone])
    return experiment.recommenders(domain, { backbone, variant: 'base', protocol });
  const [group, name] = column.split('.');
  const table = (source: TableSource) => ({ node: experiment.itemTable(domain, source), name: source });
  if (group === 'further' && (name === 'All' || name === 'Emb')) {
    return experiment.recommenders(domain, {
      backbone,
      variant: `further${name}`,
      table: table('FT'),
      protocol,
    });
  }
  if (
    (group === 'freeze' || group === 'trainable') &&
    (name === 'LF' || name === 'PT' || name === 'FT' || name === 'lexical')
  ) {
    return experiment.recommenders(domain, { backbone, variant: group, table: table(name), protocol });
  }
  return undefined;
}

/** Full ranking. FT is SASRec trainable.FT, with the FT table of the sampled setting (D46). */
function table4(experiment: Experiment, domain: string, column: string): Run[] | undefined {
  const columns: Record<string, string> = { REC: 'REC', SAS: 'SAS', FT: 'trainable.FT' };
  return Object.hasOwn(columns, column)
    ? table3(experiment, domain, 'SASRec', columns[column], 'full')
    : undefined;
}

function table5(experiment: Experiment, domain: string, column: string): Run[] | undefined {
  if (column === 'SAS' || column === 'REC') return table3(experiment, domain, 'SASRec', column, 'sampled');
  if (column === 'REC.trainable') return [experiment.selectedRec(domain, 'trainable')];
  const source = /^withID\.(LF|PT|FT)$/.exec(column)?.[1] as TableSource | undefined;
  if (source === undefined) return undefined;
  return experiment.recommenders(domain, {
    backbone: 'SASRec',
    variant: 'withID',
    table: { node: experiment.itemTable(domain, source), name: source },
  });
}

/** Figure 2: SASRec trainable.PT by percentage of the pre-training set; 0 is LF. */
function fraction(experiment: Experiment, domain: string, column: string): Run[] | undefined {
  if (column === '0') return table3(experiment, domain, 'SASRec', 'trainable.LF', 'sampled');
  if (column === '100') return table3(experiment, domain, 'SASRec', 'trainable.PT', 'sampled');
  const share = experiment.profile.pretrain.fractions.find((value) => percentage(value) === column);
  if (share === undefined) return undefined;
  const node = experiment.encodedTable(domain, experiment.pt({ fraction: share }), `PT ${column} %`);
  return experiment.recommenders(domain, {
    backbone: 'SASRec',
    variant: 'trainable',
    table: { node, name: `PT ${column} %` },
  });
}

/** Every cell of the profile, baselines apart. */
export function allCells(experiment: Experiment): Cell[] {
  const { profile } = experiment;
  const { layerSets, domains, withID, fractionDomains } = profile;
  const of = (
    table: TableName,
    rows: readonly string[],
    columns: readonly string[],
    backbone?: Backbone,
  ): Cell[] => rows.flatMap((domain) => columns.map((column) => ({ table, backbone, domain, column })));
  const cells = [
    ...of('table1', [layerSets.domain, ...layerSets.also], [...LAYER_SETS.keys()]),
    ...of('table3', domains, [BASE.SASRec, ...TABLE3_COLUMNS, ...LEXICAL_COLUMNS], 'SASRec'),
    ...of('table3', domains, [BASE.BERT4Rec, ...TABLE3_COLUMNS], 'BERT4Rec'),
    ...of('table4', domains, ['REC', 'SAS', 'FT']),
    ...of('table5', withID, ['SAS', 'withID.LF', 'withID.PT', 'withID.FT', 'REC', 'REC.trainable']),
    ...of('figure2', fractionDomains, fractionColumns(profile)),
  ];
  return cells.filter((cell) => experiment.cell(cell) !== undefined);
}
