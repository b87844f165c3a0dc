/**
 * What is it about the FT table that helps? SASRec with tables that keep one property of it and lose another
 * (text/controlItemTables): random with the same spectrum (no meaning), rescaled to the random table's
 * spread, whitened (meaning without spectrum). Also, from the same runs, which scale validation would choose
 * among the three tables that keep the meaning.
 */
import type { Experiment } from '../experiment';
import type { ComparisonTable } from '../measured';
import type { RecommenderFacts } from '../stages/recommender';
import type { StageNode } from '../../pipeline/stage';
import { view, type Recipe } from '../views/view';
import { chosenByValidation } from './chosenByValidation';
import { columnsTable, type OwnColumn } from './columnsTable';
import { table3Recommenders, table3Runs } from '../tables/table3Runs';

const PROTOCOL = 'sampled';
const VARIANTS = ['freeze', 'trainable'] as const;
type Variant = (typeof VARIANTS)[number];
const CONTROLS = [
  ['spectrum', 'random, same spectrum'],
  ['rescaled', 'rescaled'],
  ['whitened', 'whitened'],
] as const;
/** Forms of FT that keep its meaning (D35); the first is that of the authors' code. */
const SCALES = ['as coded', 'rescaled', 'whitened'] as const;

export const controlTables = view('controlTables', {
  kept: ({ beyond }) => beyond.length > 0,
  of: recipe,
});

type Runs = readonly StageNode<RecommenderFacts>[];

function recipe(experiment: Experiment): Recipe<ComparisonTable> {
  const { beyond } = experiment.profile;
  const table = columnsTable({
    id: 'control-tables',
    title:
      'Control tables: what the FT table is without its meaning, its scale or its spectrum; SASRec, ' +
      '100 sampled negatives',
    domains: beyond,
    protocol: PROTOCOL,
    columns: [
      table3Column(experiment, 'SAS', 'SAS'),
      ...VARIANTS.flatMap((variant) => columnsOf(experiment, variant)),
    ],
    notes: [
      'Random: vectors without meaning that have exactly the singular values of FT. Rescaled: FT times ' +
        "one factor, so that its entries spread as those of SASRec's own random table (D35). Whitened: " +
        'every direction of FT with the same variance.',
    ],
  });
  return {
    nodes: table.nodes,
    make: async (read) => {
      const chosen = beyond.flatMap((domain) =>
        VARIANTS.map(
          (variant) =>
            `${domain}, ${variant}: ${chosenByValidation(read, scales(experiment, domain, variant), PROTOCOL)
              .map((scale) => SCALES[scale])
              .join(', ')}`,
        ),
      );
      const made = await table.make(read);
      return {
        ...made,
        notes: [
          ...made.notes,
          'Scale by validation: of FT as coded, rescaled and whitened, the one with the best ' +
            `validation NDCG@10, seed by seed (${chosen.join('; ')}). This choice was added on an ` +
            'earlier version of the embedded data, after test results of the three scales had been seen ' +
            'there: it is a description, not evidence.',
        ],
      };
    },
  };
}

/** FT, its controls, FT at the scale that validation chooses, and a table without a language model. */
function columnsOf(experiment: Experiment, variant: Variant): OwnColumn[] {
  const group = `Embedding-init (${variant})`;
  return [
    table3Column(experiment, `${variant}.FT`, 'FT', group),
    ...CONTROLS.map(([name, label]): OwnColumn => ({
      id: `${variant}.${name}`,
      label,
      group,
      runs: (domain) => control(experiment, domain, variant, name),
    })),
    {
      id: `${variant}.chosen`,
      label: 'FT, scale by validation',
      group,
      runs: (domain) => ({ chooseFrom: scales(experiment, domain, variant) }),
    },
    table3Column(experiment, `${variant}.lexical`, 'lexical', group),
  ];
}

/** A column of Table 3. */
function table3Column(experiment: Experiment, id: string, label: string, group?: string): OwnColumn {
  return { id, label, group, runs: (domain) => table3Runs('controlTables', experiment, domain, id) };
}

function control(
  experiment: Experiment,
  domain: string,
  variant: Variant,
  name: (typeof CONTROLS)[number][0],
): Runs {
  return experiment.recommenders(domain, {
    backbone: 'SASRec',
    variant,
    table: { node: experiment.controlItemTable(domain, name), name: `FT ${name}` },
  });
}

/** The runs with each of SCALES. */
function scales(experiment: Experiment, domain: string, variant: Variant): readonly Runs[] {
  return SCALES.map((scale) =>
    scale === 'as coded'
      ? table3Recommenders('controlTables', experiment, domain, `${variant}.FT`)
      : control(experiment, domain, variant, scale),
  );
}
