/** A function that computes each answer once. */
import type { StageNode } from '../pipeline/stage';

/**
 * The same function with its answers kept, by its arguments as JSON; a stage among them counts as its key.
 */
export function remembered<Arguments extends readonly unknown[], Answer>(
  compute: (...args: Arguments) => Answer,
): (...args: Arguments) => Answer {
  const answers = new Map<string, Answer>();
  return (...args) => {
    const key = JSON.stringify(args, (_, value: unknown) => (isStage(value) ? value.key : value));
    if (!answers.has(key)) answers.set(key, compute(...args));
    return answers.get(key) as Answer;
  };
}

function isStage(value: unknown): value is StageNode {
  return typeof value === 'object' && value !== null && 'kind' in value && 'key' in value;
}
