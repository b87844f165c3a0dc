/**
 * Prints a simulated domain with its hidden named concepts as JSON, for calibrate.py. Not used by the library.
 * Usage (calibrate.py does it): node -r ./bench/register.cjs bench/simulation/dump.ts '{"name": "Arts", "options": {...}}'
 */
import { simulateTruth, type DomainName, type SimulationOptions } from '../../lib/src/data/simulation';

const { name, options } = JSON.parse(process.argv[2]) as { name: DomainName; options: SimulationOptions };
const { dataset, catalogue, choice } = simulateTruth(name, options);
process.stdout.write(
  JSON.stringify({
    offsets: [...dataset.offsets],
    sequence: [...dataset.sequence].map((id) => id - 1),
    named: catalogue.named,
    meaning: [...choice.world.meaning],
    parameters: choice.world.parameters,
  }),
);
