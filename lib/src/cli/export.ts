/** `elephant export`: a trained recommender as an .onnx file, with its item keys beside it. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { givenRecommender, recommenderOption } from './givenRecommender';
import { jsonOption } from './options';
import { checkOutFile } from './outFile';

interface ExportCommandOptions {
  run: string;
  out: string;
  repeats: boolean;
  json: boolean;
}

export function register(program: Command): void {
  program
    .command('export')
    .description('write a trained recommender as an ONNX file, to serve it without this library')
    .addOption(recommenderOption())
    .requiredOption('--out <file>', 'the model, e.g. shop.onnx; item keys go into shop.items.json')
    .option('--repeats', 'also recommend items that are in the history', false)
    .addOption(jsonOption())
    .action(exportModel);
}

async function exportModel({ run, out, repeats, json }: ExportCommandOptions): Promise<void> {
  await checkOutFile(out, '.onnx');
  const { exportedKeysPath, exportRecommender } = await import('../training/recommender');
  const recommender = await givenRecommender(run);
  const { options, catalogue } = recommender;
  await exportRecommender(recommender, catalogue, resolve(out), { repeats });
  const itemKeys = exportedKeysPath(out);
  const { items, name } = catalogue;
  process.stdout.write(
    json
      ? `${JSON.stringify({ out, itemKeys, model: options.model, dataset: name, items, repeats })}\n`
      : `${out}: ${options.model}, ${items} items of ${name}; their keys are in ${itemKeys}\n`,
  );
}
