/** Refuses an object from outside that is not a valid loss, before anything is trained. */
import { InputError } from '../../errors';
import { LOSSES } from '.';
import type { RecommenderLoss } from './loss';

const AGAINST: readonly RecommenderLoss['against'][] = [
  'allItems',
  'negativesPerPosition',
  'negativesPerBatch',
];

/** Returns `loss`. @throws InputError: which part of the object is wrong. */
export function checkedLoss(loss: RecommenderLoss): RecommenderLoss {
  const wrong = (part: string, expected: string, got: unknown): InputError =>
    new InputError(`train loss${part}`, `expected ${expected}, got ${shown(got)}`, 'See examples/own-loss');
  if (typeof loss !== 'object' || loss === null) throw wrong('', 'a name or an object', loss);
  const { name, against, value } = loss;
  if (typeof name !== 'string' || name === '' || Object.hasOwn(LOSSES, name))
    throw wrong('.name', `a name other than ${Object.keys(LOSSES).join(', ')}`, name);
  if (!AGAINST.includes(against)) throw wrong('.against', `one of ${AGAINST.join(', ')}`, against);
  if (typeof value !== 'function') throw wrong('.value', 'a function', value);
  if (loss.against === 'allItems' || loss.inputs === undefined) return loss;
  for (const part of ['specs', 'feeds'] as const)
    if (typeof loss.inputs?.[part] !== 'function')
      throw wrong(`.inputs.${part}`, 'a function', loss.inputs?.[part]);
  return loss;
}

function shown(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  return typeof value === 'string' ? `"${value}"` : String(value);
}
