/**
 * Writes a domain for calibrate.py, which calls this: OUT.json (histories, titles) and OUT.safetensors (the
 * titles' vectors by MiniLM, kept while titles and model are the same). With --data the domain is an Amazon
 * file, without it one of the shop, of a real file's size.
 *
 *     node -r ./bench/register.cjs bench/simulation/dump.ts OUT Pantry --model MINILM \
 *       [--data FOLDER | --world shuffled]
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type DomainName, simulateTruth, type SimulationWorld } from '../../lib/src/data/simulation';
import { readAmazon } from '../../lib/src/data/sources';
import { createEngine } from '../../lib/src/engine/engine';
import { encodeTable } from '../../lib/src/models/itemTables';
import { loadModel } from '../../lib/src/models/published';
import { loadTokenizer } from '../../lib/src/text/tokenizer';

/** Users and items of Office_Products, so that what depends on size can be compared. */
const SIZE = { users: 3231, items: 3317 };

async function main(): Promise<void> {
  const {
    values,
    positionals: [out, name],
  } = parseArgs({
    allowPositionals: true,
    options: {
      model: { type: 'string', default: '' },
      data: { type: 'string' },
      world: { type: 'string', default: 'calibrated' },
    },
  });
  const { dataset, parameters } =
    values.data === undefined
      ? simulateTruth(name as DomainName, { world: values.world as SimulationWorld, sizeOverrides: SIZE })
      : { dataset: await readAmazon(values.data, name), parameters: undefined };
  const titles = dataset.itemTexts.map(({ title }) => title);
  const { model } = await loadModel(values.model);
  const engine = await createEngine({ provider: 'cpu', threads: 1 });
  try {
    const texts = titles.map((title) => ({ title, brand: '', category: '' }));
    await encodeTable(engine, model, texts, await loadTokenizer(values.model), `${out}.safetensors`);
  } finally {
    await engine.dispose();
  }
  const [offsets, sequence] = [[...dataset.offsets], [...dataset.sequence].map((id) => id - 1)];
  writeFileSync(`${out}.json`, JSON.stringify({ offsets, sequence, titles, parameters }));
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
