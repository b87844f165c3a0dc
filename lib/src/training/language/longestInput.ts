/** Tokens of the longest input that a stage can meet, so that one row length is enough for all inputs. */
import type { InputLimits, ItemTokens } from '../../text/recformerInput';

/**
 * The longest of `<s>` with any run of up to maxItems neighbouring items of a history, and `<s>` with one
 * item; cut to maxTokens. `histories`: item ids; the tokens of id i are at itemTokens[i - 1].
 */
export function longestInput(
  histories: Iterable<ArrayLike<number>>,
  itemTokens: readonly ItemTokens[],
  limits: InputLimits,
): number {
  let longest = 1;
  for (const items of histories) {
    let run = 1;
    for (let i = 0; i < items.length; i++) {
      run += itemTokens[items[i] - 1].tokens.length;
      if (i >= limits.maxItems) run -= itemTokens[items[i - limits.maxItems] - 1].tokens.length;
      longest = Math.max(longest, run);
    }
  }
  return Math.min(limits.maxTokens, longest);
}
