/**
 * The report's parts in their order: what each shows, from which views of a session. A part asks the session
 * only for its own results, so a single part computes only its own stages.
 */
import { COLD_COLUMNS } from '../experiments/controls/coldItems';
import type { ComparisonTable } from '../experiments/measured';
import { profile as namedProfile } from '../experiments/profiles';
import type { Session } from '../experiments/session';
import { shownDomain } from '../experiments/views/itemRows';
import { rateDomains } from '../experiments/views/learningRates';
import { KEPT_USER } from '../experiments/views/user';
import type { Block } from './block';
import { has, hasFigure1, simulated, type Condition } from './conditions';
import { answeredClaims } from './display/answeredClaims';
import { coldItemsTable } from './display/coldItemsTable';
import { compareColumns } from './display/compareColumns';
import { beatenModels, competence } from './display/competence';
import { costTable } from './display/costTable';
import { describeAttention } from './display/describeAttention';
import { differencesTable } from './display/differencesTable';
import { equalUpdatesTable, outOfReach } from './display/equalUpdates';
import { aboutRepetitions, changedIn, controlFindings, findings } from './display/findings';
import { glanceAt } from './display/glance';
import { learningTable } from './display/learningTable';
import { whenSentences } from './display/whenSentences';
import { userTable } from './display/userTable';
import { besideProfiles, countVerdicts, repeatedVerdicts } from './display/verdicts';
import {
  effects,
  gainSplit,
  gainSplits,
  figure1,
  figure2,
  languageCurves,
  layerSets,
  learningRates,
  scoreboard,
  trainingCurves,
  whenItHelps,
} from './figures';
import { hasCurves } from './figures/languageCurves';
import { methodInPictures } from './methodInPictures';

export interface Part {
  readonly name: string;
  /**
   * Section of the paper, which is in the notebook's name too. Undefined if the part belongs to no single
   * section.
   */
  readonly section: string | undefined;
  /** True if the profile has what the part shows. Without it the part is always shown. */
  readonly within?: Condition;
  /** `others`: the committed results of other profiles, to show beside. */
  readonly blocks: (session: Session, others: readonly Session[]) => Promise<Block[]>;
}

/** What the FT table is worth among all items, in a sentence. */
function fineTuned(table: ComparisonTable): string[] {
  const has = (id: string): boolean => table.columns.some((column) => column.id === id);
  return has('FT') && has('SAS') ? [compareColumns(table, 'FT', 'SAS', 'N@10')] : [];
}

/** Full ranking without the history's items; its note compares it with Table 4. */
async function maskedBesideTable4(session: Session): Promise<ComparisonTable> {
  const masked = await session.historyMasked();
  const full = session.profile.tables.includes('table4') ? fineTuned(await session.table4()) : [];
  const beside = full.map((sentence) => `With them, in Table 4: ${sentence}`);
  return { ...masked, notes: [...fineTuned(masked), ...beside, ...masked.notes] };
}

export const PARTS: readonly Part[] = [
  {
    name: 'scoreboard',
    section: '5',
    blocks: async (session, sessions) => {
      const { rows, leftOut } = answeredClaims(await session.scoreboard(), session.profile);
      if (rows.length === 0) return [{ heading: 'What was found' }, { text: leftOut as string }];
      const answered =
        leftOut === undefined ? undefined : `the ${rows.length} claims that this run can judge`;
      // The profile worlds has mini's verdicts, and when has none; what they add has parts of its own.
      const beside = sessions.filter(({ profile }) => !['worlds', 'when'].includes(profile.name));
      const others = await Promise.all(
        beside.map(async (other) => ({ profile: other.profile.name, rows: await other.scoreboard() })),
      );
      const counts = others
        .map((other) => ` Profile ${other.profile}, ${countVerdicts(other.rows)}`)
        .join('');
      return [
        { heading: 'What was found' },
        ...findings(rows, answered).map(({ intro, claims }): Block => ({ intro, list: claims })),
        {
          figure: scoreboard(rows),
          caption: 'Each claim of the paper: our effect with its 95 % interval over users.',
        },
        { heading: 'Scoreboard' },
        {
          text:
            `${countVerdicts(rows)}${counts} They are the claims of the paper's tables and of Figure 2; ` +
            'what it says of attention (section 3.2) is shown below and not judged. A verdict is about a ' +
            'profile and its data. "Did the language models learn?" says whether its language models ' +
            'learnt enough to say something about the paper.',
        },
        ...(leftOut === undefined ? [] : [{ text: leftOut }]),
        { table: besideProfiles(rows, others) },
      ];
    },
  },
  {
    name: 'repetitions',
    section: '5',
    blocks: async (session, others) => {
      const repeating = [session, ...others].filter(({ profile }) => profile.repetitions.runs.length > 0);
      const blocks: Block[] = [];
      for (const each of repeating) {
        const boards = await each.repetitions();
        blocks.push(
          { heading: `Again: ${changedIn(boards).join(', ')} (${each.profile.name})` },
          { text: aboutRepetitions(boards, each.profile.repetitions.backbones) },
          ...controlFindings(boards).map((text): Block => ({ text })),
          { table: repeatedVerdicts(boards) },
        );
      }
      return blocks;
    },
  },
  { name: 'method', section: undefined, blocks: async () => methodInPictures() },
  {
    name: 'learning',
    section: undefined,
    blocks: async (session) => {
      const steps = await session.languageLearning();
      const caption =
        'How the language stages learnt, epoch by epoch. Thin, with hollow markers: the second stage ' +
        'of fine-tuning, which continues from the best epoch of the first. Large: the epoch whose ' +
        'weights were kept.';
      const tables = session.profile.tables.includes('table3')
        ? await Promise.all(session.profile.backbones.map((backbone) => session.table3(backbone)))
        : [];
      const allItems = session.profile.tables.includes('table4') ? await session.table4() : undefined;
      const words = tables.length === 0 ? [] : competence(tables, allItems);
      return [
        { heading: 'Did the language models learn?' },
        ...(words.length === 0 ? [] : [{ text: words.join(' ') }]),
        { table: learningTable(steps) },
        ...(hasCurves(steps) ? [{ figure: languageCurves(steps), caption }] : []),
      ];
    },
  },
  {
    name: 'figure1',
    section: '3.2',
    within: hasFigure1,
    blocks: async (session) => {
      const maps = await session.figure1();
      return [
        { heading: 'Figure 1: attention' },
        ...session.profile.attention.domains.flatMap((domain): Block[] => {
          const own = maps.filter((map) => map.domain === domain);
          return [
            { figure: figure1(own), caption: `Figure 1: what the first token attends to, on ${domain}.` },
            { text: describeAttention.sentences(own).join(' ') },
          ];
        }),
      ];
    },
  },
  {
    name: 'table1',
    section: '3.3',
    within: has('table1'),
    blocks: async (session) => {
      const table = await session.table1();
      return [
        { comparison: table },
        { figure: layerSets(table), caption: 'Table 1 as a picture: which layers are tuned.' },
      ];
    },
  },
  { name: 'table2', section: '4.2', blocks: async (session) => [{ comparison: await session.table2() }] },
  {
    name: 'table3',
    section: '4.3',
    within: has('table3'),
    blocks: async (session) => {
      const tables = await Promise.all(session.profile.backbones.map((backbone) => session.table3(backbone)));
      return tables.flatMap((table): Block[] => [
        { glance: glanceAt(table) },
        { comparison: table, folded: true },
        {
          figure: effects(table),
          caption:
            `${table.title}: effect of each item table over the random one. ` +
            'Whiskers: 95 % intervals over users.',
        },
      ]);
    },
  },
  {
    name: 'real',
    section: '4.3',
    blocks: async (session, others) => {
      const real = others.find(({ profile }) => profile.given !== undefined);
      if (session.profile.given !== undefined || real === undefined) return [];
      const own = `profile ${real.profile.name}`;
      const all = await real.table3AllItems();
      const tables = [
        await real.table2(),
        await real.table3(),
        { ...all, notes: [...beatenModels(all), ...all.notes] },
      ];
      return [
        { heading: `On Amazon reviews (${own})` },
        { text: 'The same tables on the reviews of real products, with a published language model.' },
        ...tables.map((table): Block => ({
          comparison: { ...table, title: `${table.title} (${own})` },
          under: true,
        })),
      ];
    },
  },
  {
    name: 'table4',
    section: '4.4',
    within: has('table4'),
    blocks: async (session) => {
      const table = await session.table4();
      return [
        { comparison: { ...table, notes: [...fineTuned(table), ...beatenModels(table), ...table.notes] } },
      ];
    },
  },
  {
    name: 'user',
    section: '4.4',
    within: (profile) => has('table3')(profile) && simulated(profile),
    blocks: async (session) => {
      const [domain] = shownDomain(session.profile) as [string];
      const table = userTable(await session.user(domain, KEPT_USER));
      return table === undefined ? [] : [{ heading: 'One user' }, { table }];
    },
  },
  {
    name: 'table5',
    section: '4.5',
    within: has('table5'),
    blocks: async (session) => [{ comparison: await session.table5() }],
  },
  {
    name: 'figure2',
    section: '4.6',
    within: has('figure2'),
    blocks: async (session, others) => {
      const own = session.profile.equalUpdates.length > 0 ? await session.equalUpdates() : [];
      const unreached = outOfReach(await session.sharesOutOfReach());
      const updated = [session, ...others].find(({ profile }) => profile.equalUpdates.length > 0);
      return [
        { heading: 'Figure 2: pre-training data' },
        {
          figure: figure2(await session.figure2(), own),
          caption:
            'Figure 2: how much pre-training data the item table needs; SASRec with the trainable table. ' +
            'Bars: 95 % intervals over users of the distance from 0 %.',
        },
        ...(unreached === undefined ? [] : [{ text: unreached }]),
        ...(updated === undefined
          ? []
          : [
              {
                table: equalUpdatesTable(
                  await updated.figure2(),
                  await updated.equalUpdates(),
                  updated.profile.name,
                ),
              },
            ]),
      ];
    },
  },
  {
    name: 'beyond',
    section: undefined,
    within: ({ beyond, equalScales }) => beyond.length > 0 || equalScales.length > 0,
    blocks: async (session) => {
      const { beyond, equalScales, domains, tables: shown } = session.profile;
      const tables = [
        ...(beyond.length > 0 ? [await session.oneLoss(), await session.controlTables()] : []),
        ...(equalScales.length > 0 ? [await session.equalScales()] : []),
        ...(beyond.length > 0 ? [await maskedBesideTable4(session)] : []),
      ];
      const shares =
        session.profile.given === undefined
          ? await Promise.all(session.profile.backbones.map((backbone) => session.shareOfOracle(backbone)))
          : [];
      const cold =
        beyond.length > 0 && shown.includes('table3')
          ? await Promise.all(domains.map((domain) => session.coldItems(domain, COLD_COLUMNS)))
          : [];
      return [
        { heading: 'Beyond the paper' },
        {
          text: 'What the paper leaves open: one loss, one scale, other tables, the oracle.',
        },
        ...[...tables, ...shares].map((comparison): Block => ({ comparison, under: true })),
        ...(equalScales.length > 0 && shown.includes('table3') ? [await textAndScale(session)] : []),
        ...(cold.length === 0 ? [] : [{ table: coldItemsTable(cold.flat()) }]),
      ];
    },
  },
  {
    name: 'when',
    section: undefined,
    blocks: async (session, others) => {
      const swept = [session, ...others].find(({ profile }) => profile.name === 'when');
      if (swept === undefined) return [];
      const points = await swept.whenItHelps();
      return [
        { heading: 'When does it help?' },
        {
          intro: `SASRec on ${points[0].domain}, mean over seeds; in brackets the standard deviation.`,
          list: whenSentences(points),
        },
        {
          figure: whenItHelps(points),
          caption:
            'What an item table gains SASRec over the random one as one condition changes and all others ' +
            'stay: the calibrated shop, the scale of the random table, all of pre-training. Mean and ' +
            'standard deviation over three seeds. On the axes: a star for the calibrated shop, strokes for ' +
            'Amazon files (Office Products, Beauty, Toys, Sports).',
        },
      ];
    },
  },
  {
    name: 'training',
    section: '4.3',
    within: has('table3'),
    blocks: async (session) => {
      const blocks: Block[] = [{ heading: 'Training' }];
      const rates = session.profile.recommender.learningRates.SASRec;
      const rate =
        rates.length === 1 ? `learning rate ${rates[0]}` : 'the learning rate that validation chose';
      for (const domain of session.profile.domains) {
        blocks.push({
          figure: trainingCurves(await session.trainingCurves(domain)),
          caption:
            `Training of SASRec on ${domain}, first seed, at ${rate}; the mark is the epoch whose weights ` +
            'were kept.',
        });
      }
      const searches = [];
      for (const domain of rateDomains(session.profile))
        searches.push(...(await session.learningRates(domain)));
      if (searches.length === 0) return blocks;
      return [
        ...blocks,
        {
          figure: learningRates(searches),
          caption:
            'Learning rates of SASRec: best validation NDCG@10 at each, first seed. A best rate at the ' +
            'edge means that too few rates were tried.',
        },
      ];
    },
  },
  {
    name: 'differences',
    section: undefined,
    blocks: async ({ profile }) => [
      { heading: 'How this differs from the paper' },
      { table: differencesTable(profile, namedProfile('paper')), citing: true },
    ],
  },
  {
    name: 'cost',
    section: undefined,
    blocks: async (session) => [{ heading: 'What it cost' }, { table: costTable(await session.cost()) }],
  },
];

/** The gain of each item table, split in two. */
async function textAndScale(session: Session): Promise<Block> {
  const [table3, equal] = [await session.table3('SASRec'), await session.equalScales()];
  return {
    figure: gainSplit(gainSplits(table3, equal), session.profile.equalScales),
    caption:
      'The gain of SASRec from each item table, split in two: from random vectors to the table at the same ' +
      'scale (what the vectors say), and from there to the table as it is (their scale).',
  };
}
