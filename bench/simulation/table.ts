/**
 * The rows of recommenders.ts for real files and for the shop, side by side, as Markdown: NDCG@10 by domain,
 * and each ranking by the random table. CALIBRATION.md of the simulation holds what this prints.
 *
 *     node -r ./bench/register.cjs bench/simulation/table.ts
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Row {
  domain: string;
  ranking: string;
  sampled: number;
}

const read = (name: string): Row[] =>
  (
    JSON.parse(
      readFileSync(join(__dirname, '../results', `simulation-recommenders-${name}.json`), 'utf8'),
    ) as { rows: Row[] }
  ).rows;
const sets = [read('files'), read('shop')];
const rankings = [...new Set(sets.flat().map(({ ranking }) => ranking))];
const domainsOf = (rows: Row[]): string[] => [...new Set(rows.map(({ domain }) => domain))];
const value = (rows: Row[], domain: string, ranking: string): number | undefined =>
  rows.find((row) => row.domain === domain && row.ranking === ranking)?.sampled;
const line = (cells: string[]): string => `| ${cells.join(' | ')} |`;

const domains = sets.map(domainsOf);
console.log(line(['NDCG@10', ...domains.flat()]));
console.log(`|---|${'---:|'.repeat(domains.flat().length)}`);
for (const ranking of rankings)
  console.log(
    line([
      ranking,
      ...sets.flatMap((rows, i) =>
        domains[i].map((domain) => value(rows, domain, ranking)?.toFixed(3) ?? ''),
      ),
    ]),
  );

const heading = [
  'by the random table',
  'real files, mean',
  'lowest to highest',
  'shop, mean',
  'lowest to highest',
];
console.log(`\n${line(heading)}`);
console.log('|---|---:|---:|---:|---:|');
for (const ranking of rankings.filter((name) => name !== 'random')) {
  const cells = sets.flatMap((rows, i) => {
    const ratios = domains[i].flatMap((domain) => {
      const [own, base] = [value(rows, domain, ranking), value(rows, domain, 'random')];
      return own === undefined || base === undefined ? [] : [own / base];
    });
    const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
    return [mean.toFixed(2), `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`];
  });
  console.log(line([ranking, ...cells]));
}
