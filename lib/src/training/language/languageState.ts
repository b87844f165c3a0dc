/** A language model's weights as engine state and back. Shared by the language stages. */
import type { NamedHostTensors, State } from '../../engine/types';
import type { LanguageModel } from '../../models/languageModel';

/** Weights of encoder and head together, as programs see them. */
export function modelTensors({ weights, head }: Pick<LanguageModel, 'weights' | 'head'>): NamedHostTensors {
  return { ...weights, ...head };
}

/** Reads the model's weights out of a state, without optimiser slots and item tables. */
export async function readModel(state: State, model: LanguageModel): Promise<LanguageModel> {
  const read = (names: NamedHostTensors): Promise<NamedHostTensors> =>
    state.snapshot((name) => Object.hasOwn(names, name));
  return { ...model, weights: await read(model.weights), head: model.head && (await read(model.head)) };
}
