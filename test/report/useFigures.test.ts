/**
 * What a reader can do with a figure: choose among versions, whose first a file shows, and download it.
 * And that titles say what was found.
 */
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { openResults } from '../../lib/src/experiments/results/fileAnswers';
import type { JSONObject } from '../../lib/src/jupyter/notebook/format';
import { tslabJupyter } from '../../lib/src/jupyter/kernel/tslab';
import { folders } from '../../lib/src/project';
import { show } from '../../lib/src/report';
import { withChoice } from '../../lib/src/report/figures/choice';
import * as figures from '../../lib/src/report/figures';
import type { Figure } from '../../lib/src/report/figures/figure';
import { renderSvg } from '../../lib/src/report/figures/renderSvg';
import { textWidth } from '../../lib/src/report/figures/textMetrics';

const session = openResults(join(folders.results, 'mini.json'));
const figure = (y: number[], title: string): Figure => ({
  id: 'one',
  alt: title,
  data: [
    { type: 'scatter', x: ['a', 'b'], y, marker: { color: 'red' } },
    { type: 'scatter', x: ['a', 'b'], y: [1, 2] },
  ],
  layout: { title: { text: title }, xaxis: { type: 'category' }, yaxis: { title: { text: `${title} (%)` } } },
});
type Button = { label: string; args: [JSONObject, JSONObject] };
const buttons = ({ layout }: Figure): Button[] =>
  (layout.updatemenus as unknown as { buttons: Button[] }[])[0].buttons;

test('a choice sends the points that differ, the titles, and the kinds of axes', () => {
  const [first, second] = buttons(
    withChoice([
      { label: 'HR', figure: figure([1, 2], 'HR') },
      { label: 'NDCG', figure: figure([3, 4], 'NDCG') },
    ]),
  );
  expect([first.label, second.label]).toEqual(['HR', 'NDCG']);
  expect(second.args).toEqual([
    {
      y: [
        [3, 4],
        [1, 2],
      ],
    },
    { title: { text: 'NDCG' }, 'xaxis.type': 'category', 'yaxis.title': { text: 'NDCG (%)' } },
  ]);
  expect(first.args[0]).toEqual({
    y: [
      [1, 2],
      [1, 2],
    ],
  });
});

test('one version has no menu; versions with other traces are refused', () => {
  const one = { label: 'HR', figure: figure([1, 2], 'HR') };
  expect(withChoice([one])).toBe(one.figure);
  const other = { label: 'NDCG', figure: { ...one.figure, data: one.figure.data.slice(1) } };
  expect(() => withChoice([one, other])).toThrow(/choice "NDCG": expected 2 traces, got 1/);
});

test('a file shows the first version, without the menu', async () => {
  const versions = ['HR', 'NDCG'].map((label) => ({ label, figure: figure([1, 2], label) }));
  expect(await renderSvg(withChoice(versions))).toBe(await renderSvg(versions[0].figure));
});

test('effects are chosen by metric, the one that was asked for first', async () => {
  const table = await session.table3();
  const choices = buttons(figures.effects(table, 'H@5'));
  expect(choices.map(({ label }) => label)).toEqual(['H@5', 'H@10', 'N@5', 'N@10']);
  // Plotly turns an axis around again if it gets only the kind.
  expect(choices[3].args[1]).toMatchObject({ 'yaxis.type': 'category', 'yaxis.autorange': 'reversed' });
  expect(choices[3].args[0].x).toEqual(figures.effects(table, 'N@10').data.map(({ x }) => x));
});

test('Figure 2 is chosen by cut-off', async () => {
  const [at10, at5] = buttons(figures.figure2(await session.figure2()));
  expect([at10.label, at5.label]).toEqual(['at 10', 'at 5']);
  expect(at5.args[1]['yaxis.title']).toMatchObject({ text: 'HR@5 (%)' });
  expect(at5.args[0].x).toBeUndefined();
});

test('figures of several domains are chosen by domain, each choice the figure of that domain', async () => {
  const [one, other] = session.profile.domains;
  const curves = [one, other].map((domain) => session.trainingCurves(domain));
  const groups = [one, other].map((domain) => session.historyLengths(domain, ['SAS', 'REC']));
  const maps = await session.figure1();
  const [first, second] = session.profile.attention.domains.map((domain) =>
    maps.filter((map) => map.domain === domain),
  );
  const pairs: [Figure, Figure, string][] = [
    [
      figures.trainingCurves((await Promise.all(curves)).flat()),
      figures.trainingCurves(await curves[1]),
      'x',
    ],
    [
      figures.historyLengths((await Promise.all(groups)).flat()),
      figures.historyLengths(await groups[1]),
      'y',
    ],
    [figures.figure1([...first, ...second]), figures.figure1(second), 'z'],
  ];
  for (const [both, alone, part] of pairs) {
    const [, { args }] = buttons(both);
    expect(args[0][part]).toEqual(alone.data.map((trace) => trace[part]));
    expect(args[1].title).toEqual(alone.layout.title);
  }
});

test('a training that a domain does not have is an empty line there', async () => {
  const [one, other] = session.profile.domains;
  const figure = figures.trainingCurves([
    ...(await session.trainingCurves(one, ['SAS', 'trainable.FT'])),
    ...(await session.trainingCurves(other, ['SAS'])),
  ]);
  const { x } = buttons(figure)[1].args[0] as { x: number[][] };
  expect(x.map(({ length }) => length > 0)).toEqual([true, true, false, false, true, true, false, false]);
});

test('Table 1 is chosen by metric', async () => {
  const choices = buttons(figures.layerSets(await session.table1()));
  expect(choices.map(({ label }) => label)).toEqual(['N@10', 'H@5', 'H@10', 'N@5']);
  expect(choices[1].args[1]['yaxis.title']).toMatchObject({ text: 'HR@5 (%)' });
});

test('the scoreboard is chosen by dataset: effects there, without intervals', async () => {
  const rows = await session.scoreboard();
  const choices = buttons(figures.scoreboard(rows));
  expect(choices.map(({ label }) => label)).toEqual(
    expect.arrayContaining(['all datasets', ...session.profile.domains]),
  );
  const arts = choices.find(({ label }) => label === 'Arts')!.args[0] as {
    x: (number | null)[][];
    error_x: { array: number[] }[];
  };
  const row = rows.find(({ claim }) => claim.id === 'trainable-FT-above-base')!;
  const effects = row.ours!.byCell.flatMap(({ domain, effect }) => (domain === 'Arts' ? effect! : []));
  const label = `${row.claim.section} ${row.claim.id}`;
  const trace = ['reproduced', 'not reproduced', 'undecided'].indexOf(row.verdict);
  const at = (figures.scoreboard(rows).data[trace].y as string[]).indexOf(label);
  const mean = effects.reduce((a, b) => a + b, 0) / effects.length;
  expect(arts.x[trace][at]).toBeCloseTo(100 * mean, 9);
  expect(arts.error_x[trace].array.every((width) => width === 0)).toBe(true);
});

test('the split of gains is chosen by dataset', async () => {
  const { equalScales } = session.profile;
  const splits = figures.gainSplits(await session.table3(), await session.equalScales());
  const choices = buttons(figures.gainSplit(splits, equalScales));
  expect(choices.map(({ label }) => label)).toEqual(['mean', ...equalScales]);
  const bars = choices.map(({ args }) => (args[0].x as number[][])[0][1]);
  expect(bars[0]).toBeCloseTo((bars[1] + bars[2] + bars[3]) / 3, 9);
});

test('a pointer reads how many users, and the spread over seeds', async () => {
  const points = await openResults(join(folders.results, 'when.json')).whenItHelps();
  expect((figures.whenItHelps(points).data[0].text as string[])[0]).toMatch(
    /^[+−][\d.]+ % ± [\d.]+ over 3 seeds<br>NDCG@10 [\d.]+ %, random table [\d.]+ %<br>\d+ users$/,
  );
  const [domain] = session.profile.domains;
  const groups = await session.historyLengths(domain, ['SAS']);
  expect((figures.historyLengths(groups).data[0].text as string[])[0]).toMatch(
    /^[\d.]+ %<br>95 % interval over \d+ users: [\d.]+ to [\d.]+ %$/,
  );
});

const INTERVAL = '95 % interval over \\d+ users: [+−][\\d.]+ to [+−][\\d.]+';

test("a pointer reads the interval over how many users, and the paper's value", async () => {
  const [layers] = figures.layerSets(await session.table1()).data;
  const at = (layers.x as string[]).indexOf('3,7,11');
  expect((layers.text as string[])[at]).toMatch(
    new RegExp(`^ours [\\d.]+ %<br>over All, ${INTERVAL} %<br>in the paper 28.42 %$`),
  );
  const splits = figures.gainSplits(await session.table3(), await session.equalScales());
  const { data } = figures.gainSplit(splits, session.profile.equalScales);
  const [vectors, scale, both] = data.map(({ customdata }) => (customdata as string[])[1]);
  expect([vectors, both]).toEqual(Array(2).fill(expect.stringMatching(`points<br>${INTERVAL} points$`)));
  expect(scale).toMatch(/points<br>\d+ users$/);
});

test('a pointer reads over how many users validation ranks', async () => {
  const curves = [
    figures.trainingCurves(await session.trainingCurves('Arts')).data[1],
    figures.learningRates(await session.learningRates()).data[0],
    figures.languageCurves(await session.languageLearning()).data.at(-2)!,
  ];
  for (const { hovertemplate } of curves) expect(hovertemplate).toMatch(/%<br>\d+ users<extra>/);
});

test('results from before users were kept have shorter texts', async () => {
  const table1 = await session.table1();
  const older = {
    ...table1,
    rows: table1.rows.map(({ users: _, cells, ...row }) => ({
      ...row,
      cells: Object.fromEntries(Object.entries(cells).map(([id, { gain: _, ...cell }]) => [id, cell])),
    })),
  };
  expect((figures.layerSets(older).data[0].text as string[])[0]).toMatch(/^ours [\d.]+ %/);
  expect(JSON.stringify(figures.layerSets(older).data)).not.toMatch(/users|undefined/);
});

afterEach(() => vi.unstubAllGlobals());

test('in a notebook the camera downloads PNG, or SVG if that is asked for', async () => {
  const shown: JSONObject[] = [];
  vi.stubGlobal('__tslab__', {});
  tslabJupyter().lastWriteDisplayData = ({ data }) => void shown.push(data);
  await show.figure(figure([1, 2], 'HR'));
  await show.figure(figure([1, 2], 'HR'), { download: 'svg' });
  tslabJupyter().lastWriteDisplayData = null;
  const files = shown.map((bundle) => bundle['application/vnd.plotly.v1+json']) as JSONObject[];
  expect(files.map(({ config }) => (config as JSONObject).toImageButtonOptions)).toEqual([
    { format: 'png', filename: 'one', scale: 2 },
    { format: 'svg', filename: 'one', scale: 1 },
  ]);
  await expect(show.figure(figure([1], 'HR'), { download: 'pdf' as 'svg' })).rejects.toThrow(
    /unknown download "pdf".*Known: png, svg/,
  );
});

test('every figure of the committed results has a finding as title, which fits, and no ground', async () => {
  const [domain] = session.profile.domains;
  const maps = await session.figure1();
  const shown = [
    figures.effects(await session.table3('SASRec')),
    figures.effects(await session.table3('BERT4Rec')),
    figures.figure2(await session.figure2()),
    figures.languageCurves(await session.languageLearning()),
    figures.learningRates(await session.learningRates()),
    figures.itemMap([await session.itemMap('Pantry', 'LF'), await session.itemMap('Pantry', 'FT')]),
    figures.itemMap([await session.itemMap('Pantry', 'PT')]),
    figures.trainingCurves(await session.trainingCurves(domain)),
    ...session.profile.attention.domains.map((of) =>
      figures.figure1(maps.filter((map) => map.domain === of)),
    ),
  ];
  for (const { id, layout } of shown) {
    const { text } = layout.title as { text: string };
    expect([id, text]).toEqual([id, expect.stringMatching(/\d/)]);
    // No ground of its own, so no white card on a dark page.
    expect([layout.paper_bgcolor, layout.plot_bgcolor]).toEqual(['rgba(0, 0, 0, 0)', 'rgba(0, 0, 0, 0)']);
    const left = id.startsWith('effects') ? 128 : (layout.margin as { l: number }).l;
    expect([id, left + textWidth(text, 15) < (layout.width as number)]).toEqual([id, true]);
  }
});
