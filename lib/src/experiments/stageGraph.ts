/**
 * The graph of an experiment's stages as Mermaid text for people: stages of one kind are one box with their
 * number, whatever their domains, seeds and settings.
 */
import { closure, isOf, type StageNode } from '../pipeline/stage';
import { backboneOf } from './profiles';
import { kinds } from './stages/kinds';

const TITLES: Readonly<Record<string, string>> = {
  dataset: 'dataset',
  amazonDataset: 'dataset, Amazon reviews',
  ownDataset: 'dataset, own data',
  tokenizer: 'vocabulary',
  givenTokenizer: 'vocabulary, given',
  itemTokens: 'tokens of items',
  language: 'LF',
  givenLanguage: 'LF, given',
  pretrain: 'PT',
  finetune: 'FT: RECFORMER',
  selectedRec: 'RECFORMER, selected otherwise',
  attention: 'attention',
  encode: 'item table',
  lexical: 'lexical table',
  controlTable: 'control table',
  baselines: 'baselines',
  oracle: 'oracle',
  scoreboard: 'verdicts on the claims',
};

interface Box {
  readonly id: string;
  readonly title: string;
}

/**
 * Mermaid's `flowchart` of `targets` and all that they need. Arrows go from a stage to those that take it.
 */
export function stageGraph(targets: readonly StageNode[]): string {
  const counts = new Map<string, { title: string; stages: number }>();
  const arrows = new Set<string>();
  for (const node of closure(targets)) {
    const { id, title } = boxOf(node);
    counts.set(id, { title, stages: (counts.get(id)?.stages ?? 0) + 1 });
    for (const input of Object.values(node.inputs)) arrows.add(`${boxOf(input).id} --> ${id}`);
  }
  const boxes = [...counts].map(
    ([id, { title, stages }]) => `${id}["${title}${stages === 1 ? '' : ` × ${stages}`}"]`,
  );
  return `${['flowchart LR', ...boxes, ...arrows].join('\n  ')}\n`;
}

function boxOf(node: StageNode): Box {
  if (isOf(node, kinds.recommender)) {
    const { model } = node.config;
    return { id: model, title: backboneOf(model) };
  }
  if (isOf(node, kinds.releasedModel)) {
    const released = node.config.name === 'LF' ? 'LF' : 'PT';
    return { id: `released${released}`, title: `${released}, released` };
  }
  const { name } = node.kind;
  return { id: name, title: TITLES[name] ?? name };
}
