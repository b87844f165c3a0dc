/**
 * What is it about the FT table that helps? SASRec with tables that keep one property of it and lose another
 * (text/controlTables): random with the same spectrum (no meaning), rescaled to the random table's spread,
 * whitened (meaning without spectrum). And the scale that validation would have chosen of the three that keep
 * the meaning, from the same runs.
 */
import type { ComparisonTable } from '../measured';
import { controlTableNode, recommenderNodes } from '../nodes';
import type { Profile } from '../profiles';
import type { StageNode } from '../../pipeline/stage';
import type { View } from '../views/view';
import { chosenByValidation } from './chosenByValidation';
import { columnsTable, type OwnColumn } from './columnsTable';
import { table3 } from './oneLoss';

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

export function controlTables(profile: Profile): View<ComparisonTable> {
  const control = (
    domain: string,
    variant: Variant,
    name: (typeof CONTROLS)[number][0],
  ): readonly StageNode[] =>
    recommenderNodes(profile, domain, {
      backbone: 'SASRec',
      variant,
      table: { node: controlTableNode(profile, domain, name), name: `FT ${name}` },
    });
  const scales = (domain: string, variant: Variant): readonly (readonly StageNode[])[] =>
    SCALES.map((scale) =>
      scale === 'as coded' ? table3(profile, domain, `${variant}.FT`) : control(domain, variant, scale),
    );

  const columns = VARIANTS.flatMap((variant): OwnColumn[] => {
    const group = `Embedding-init (${variant})`;
    return [
      {
        id: `${variant}.FT`,
        label: 'FT',
        group,
        nodes: (domain) => table3(profile, domain, `${variant}.FT`),
      },
      ...CONTROLS.map(([name, label]): OwnColumn => ({
        id: `${variant}.${name}`,
        label,
        group,
        nodes: (domain) => control(domain, variant, name),
      })),
      {
        id: `${variant}.chosen`,
        label: 'FT, scale by validation',
        group,
        nodes: (domain) => scales(domain, variant)[0],
        alternatives: (domain) => scales(domain, variant).slice(1),
      },
      {
        id: `${variant}.lexical`,
        label: 'lexical',
        group,
        nodes: (domain) => table3(profile, domain, `${variant}.lexical`),
      },
    ];
  });
  const table = columnsTable({
    id: 'control-tables',
    title:
      'Control tables: what the FT table is without its meaning, its scale or its spectrum; SASRec, ' +
      '100 sampled negatives',
    domains: profile.beyond,
    protocol: PROTOCOL,
    columns: [{ id: 'SAS', label: 'SAS', nodes: (domain) => table3(profile, domain, 'SAS') }, ...columns],
    notes: [
      'Random: vectors without meaning that have exactly the singular values of FT. Rescaled: FT times ' +
        "one factor, so that its entries spread as those of SASRec's own random table (D35). Whitened: " +
        'every direction of FT with the same variance.',
    ],
  });
  return {
    nodes: table.nodes,
    make: (read) => {
      const chosen = profile.beyond.flatMap((domain) =>
        VARIANTS.map(
          (variant) =>
            `${domain}, ${variant}: ${chosenByValidation(read, scales(domain, variant), PROTOCOL)
              .map((scale) => SCALES[scale])
              .join(', ')}`,
        ),
      );
      const made = table.make(read);
      return {
        ...made,
        notes: [
          ...made.notes,
          'Scale by validation: of FT as coded, rescaled and whitened, the one with the best ' +
            `validation NDCG@10, seed by seed (${chosen.join('; ')}). This choice was added on an ` +
            'earlier version of the embedded data, after test results of the three scales had been seen ' +
            'there: it describes, it is no evidence.',
        ],
      };
    },
  };
}
