/** paper-repro.md from a fixture: as stored, and made of the results alone. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { measured } from '../../lib/src/experiments/measured';
import { projectRoot } from '../../lib/src/project';
import { paperRepro, type ReportContent } from '../../lib/src/report/paperRepro';

const content: ReportContent = {
  provenance: {
    profile: 'smoke',
    changes: ['recommender.epochs=3'],
    languageSeed: 1,
    pretrainingDomains: ['Books', 'Movies'],
    provider: 'cpu',
    data: 'simulation, seed 1',
    seeds: [1, 2],
    fingerprints: { Pantry: '9c91d998' },
    versions: { elephant: '0.1.0' },
  },
  blocks: [
    { figure: { id: 'curves', alt: 'Curves that [rise]', data: [], layout: {} }, caption: 'Training.' },
    { heading: 'Heading' },
    { text: 'A *text*.' },
    { table: { columns: ['a'], rows: [['x | y']] } },
    {
      comparison: {
        id: 'table3',
        title: 'Table 3: item initialisation',
        unit: '%',
        columns: [
          { id: 'SAS', label: 'SAS', group: 'SASRec' },
          { id: 'LF', label: 'LF' },
        ],
        rows: [
          {
            dataset: 'Pantry',
            metric: 'N@10',
            cells: { SAS: { ours: measured([10, 12]), paper: 27.4 }, LF: { ours: measured([9]) } },
          },
        ],
        notes: ['A note about <data> and $money$.'],
      },
    },
  ],
  missing: ['Figure 1.'],
};

test('the report is as stored', async () => {
  await expect(paperRepro(content)).toMatchFileSnapshot(join(__dirname, 'snapshots', 'paper-repro.md'));
});

test('a report with nothing missing has no empty sections', () => {
  const text = paperRepro({ ...content, missing: [] });
  expect(text).not.toMatch(/What is missing/);
  expect(text).not.toContain('\n\n\n');
});

test('the committed report names its profile at the head, and no heading is empty or there twice', () => {
  const text = readFileSync(join(projectRoot, 'paper-repro.md'), 'utf8');
  const headings = text.split('\n').filter((line) => line.startsWith('#'));
  expect(headings.filter((heading, i) => headings.indexOf(heading) !== i)).toEqual([]);
  expect(text).not.toMatch(/^#+ .*\n\n#/m);
  expect(text.slice(0, text.indexOf('\n## '))).toContain('The results are those of the profile **mini**');
});
