/** The recommenders of the paper by its names for them, and the library's models. */
import type { ModelName } from '../../training/recommender/models';

export const BACKBONE_MODELS = { SASRec: 'sasrec', BERT4Rec: 'bert4rec' } as const satisfies Record<
  string,
  ModelName
>;

export type Backbone = keyof typeof BACKBONE_MODELS;

export const BACKBONES = Object.keys(BACKBONE_MODELS) as readonly Backbone[];

export function backboneOf(model: ModelName): Backbone {
  return BACKBONES.find((backbone) => BACKBONE_MODELS[backbone] === model)!;
}
