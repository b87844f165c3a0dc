/** `elephant recommend`: what a trained recommender would recommend after one history, as a table or JSON. */
import type { Command } from 'commander';
import { givenRecommender, recommenderOption } from './givenRecommender';
import { jsonOption, wholeNumber } from './options';

interface RecommendCommandOptions {
  run: string;
  history: string[];
  top: number;
  repeats: boolean;
  json: boolean;
}

export function register(program: Command): void {
  program
    .command('recommend')
    .description('recommend the next items after a history, with a trained recommender')
    .addOption(recommenderOption())
    .requiredOption('--history <items...>', 'keys of items, oldest first')
    .option('--top <n>', 'how many items', wholeNumber('--top', 1), 10)
    .option('--repeats', 'also recommend items that are in the history', false)
    .addOption(jsonOption())
    .action(recommendNext);
}

async function recommendNext({ run, history, top, repeats, json }: RecommendCommandOptions): Promise<void> {
  const { recommend } = await import('../training/recommender');
  const { tableText } = await import('../report/display/table');
  const recommender = await givenRecommender(run);
  const [next] = await recommend(recommender, recommender.catalogue, [history], { top, repeats, threads: 1 });
  const { options, dataset } = recommender;
  const rows = next.map(({ item, score }) => [item, score.toFixed(4)]);
  process.stdout.write(
    json
      ? `${JSON.stringify({ model: options.model, dataset, history, next })}\n`
      : `${tableText({ caption: `${options.model}, ${dataset}`, columns: ['item', 'score'], rows })}\n`,
  );
}
