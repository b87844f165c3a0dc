/**
 * Reads a file of bench/make_reviews.ts, filters it to its 5-core and prints seconds, peak memory and counts
 * as JSON.
 *
 *     node -r ./bench/register.cjs bench/read_reviews.ts <folder> <domain>
 */
import { readAmazonWithReport } from '../lib/src/data/sources';

async function main(folder: string, domain: string): Promise<void> {
  const start = performance.now();
  const { dataset, report } = await readAmazonWithReport(folder, domain, {
    minUserInteractions: 5,
    minItemInteractions: 5,
  });
  const seconds = (performance.now() - start) / 1000;
  const peakMemoryMiB = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(
    JSON.stringify(
      {
        domain,
        seconds: Number(seconds.toFixed(1)),
        peakMemoryMiB,
        ...report,
        fingerprint: dataset.fingerprint,
      },
      null,
      2,
    ),
  );
}

void main(process.argv[2], process.argv[3]);
