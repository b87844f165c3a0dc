/** Draws the histories of the shop's users from the choice model. */
import type { ChoiceModel } from './choice';
import { lengthDistribution } from './lengths';
import type { DomainSize, SimulationParameters } from './parameters';
import type { Stream } from './random';

/** One array of item ids (1..items, oldest first) per user. */
export function drawSequences(
  choice: ChoiceModel,
  { repeat }: SimulationParameters,
  size: DomainSize,
  random: Stream,
): number[][] {
  const drawLength = lengthDistribution(size.meanLength, size.minLength);
  const lengths = Array.from({ length: size.users }, () => drawLength(random));
  return lengths.map((length) => {
    const shopper = random.below(choice.shoppers);
    const history: number[] = [];
    const taken = new Set<number>();
    while (history.length < length) {
      const repeats = history.length > 0 && random.uniform() < repeat;
      const row = repeats
        ? history[random.below(history.length)]
        : choice.draw(shopper, history, taken, random);
      history.push(row);
      taken.add(row);
    }
    return history.map((row) => row + 1);
  });
}
