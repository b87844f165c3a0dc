/**
 * Slides for a half-hour lecture: the question, the method, one finding per slide with the paper's number,
 * ours and the verdict, and conclusions. One HTML file (reveal.js); S shows and hides the speaker notes.
 */
import { readFileSync } from 'node:fs';
import type { ScoreboardRow } from '../../experiments/claims';
import type { Session } from '../../experiments/session';
import { answeredClaims } from '../display/answeredClaims';
import { describeAttention } from '../display/describeAttention';
import { escapeHtml } from '../display/escape';
import { tableHtml } from '../display/table';
import { countVerdicts, effectsByDataset, inNumbers, type MeasuredRow } from '../display/verdicts';
import { effects, figure1, figure2, layerSets, scoreboard } from '../figures';
import type { Figure } from '../figures/figure';
import { chain } from '../pictures';
import { renderSvg } from '../figures/renderSvg';
import { asset, onePage, svgImage } from './onePage';

const TITLE = 'The Elephant in the Room';

/** Claims that have a slide, in the order of the talk, and what to say about each. */
const FINDINGS: readonly { readonly claim: string; readonly figure: FigureName; readonly say: string }[] = [
  {
    claim: 'none-worst',
    figure: 'layers',
    say: 'Without tuning on behaviour the model knows words, not what people take next.',
  },
  {
    claim: 'three-layers-match-all',
    figure: 'layers',
    say: 'If a few layers are enough, most of the model does not model the sequence.',
  },
  {
    claim: 'trainable-LF-below-base',
    figure: 'SASRec',
    say:
      'Compare the scale of the tables before blaming the words: the last figure of notebook 00 takes ' +
      'both apart.',
  },
  {
    claim: 'trainable-FT-above-base',
    figure: 'SASRec',
    say: 'This is the main result: the language model as a start for the item table.',
  },
  {
    claim: 'freeze-FT-matches-REC',
    figure: 'SASRec',
    say: 'RECFORMER and SASRec see the same item vectors here; only the sequence model differs.',
  },
  {
    claim: 'freeze-FT-helps-BERT-more',
    figure: 'BERT4Rec',
    say: 'Ask why a weaker backbone has more to gain.',
  },
  {
    claim: 'full-FT-above-REC',
    figure: 'none',
    say: 'Ranking all items instead of 100 sampled ones is the harder test.',
  },
  {
    claim: 'withID-FT-above-SAS',
    figure: 'none',
    say: 'Here ID and text vectors are added; before, the text vectors were the start.',
  },
  {
    claim: 'small-pretraining-suffices',
    figure: 'shares',
    say: 'Read off where the curve flattens.',
  },
];

type FigureName = 'layers' | 'SASRec' | 'BERT4Rec' | 'shares' | 'none';

function isMeasured(row: ScoreboardRow | undefined): row is MeasuredRow {
  return row?.ours !== undefined;
}

/** The figures of the findings; undefined if the profile does not have one. */
function figuresOf(session: Session): Record<FigureName, () => Promise<Figure | undefined>> {
  const { tables, backbones } = session.profile;
  const effectsOf = (backbone: 'SASRec' | 'BERT4Rec') => async (): Promise<Figure | undefined> =>
    tables.includes('table3') && backbones.includes(backbone)
      ? effects(await session.table3(backbone))
      : undefined;
  return {
    layers: async () => (tables.includes('table1') ? layerSets(await session.table1()) : undefined),
    SASRec: effectsOf('SASRec'),
    BERT4Rec: effectsOf('BERT4Rec'),
    shares: async () => (tables.includes('figure2') ? figure2(await session.figure2(), []) : undefined),
    none: async () => undefined,
  };
}

/** @throws DOMException named AbortError, by `signal`. */
export async function slideShow(session: Session, signal?: AbortSignal): Promise<string> {
  const { rows, leftOut } = answeredClaims(await session.scoreboard(), session.profile);
  const drawn = figuresOf(session);
  const slides = [titleSlide(session), ...METHOD];
  if (session.profile.attention.domains.length > 0 && session.profile.given === undefined)
    slides.push(await attentionSlide(session));
  for (const { claim, figure, say } of FINDINGS) {
    signal?.throwIfAborted();
    const row = rows.find((each) => each.claim.id === claim);
    if (isMeasured(row)) slides.push(await findingSlide(row, await drawn[figure](), say));
  }
  slides.push(await boardSlide(rows, leftOut), LIMITS, DISCUSSION);
  return onePage({
    title: TITLE,
    styles: [distributed('reset.css'), distributed('reveal.css'), asset('slides.css')],
    body: `<div class="reveal"><div class="slides">\n${slides.join('\n')}\n</div></div>`,
    scripts: [distributed('reveal.js'), asset('slides.js')],
  });
}

/** A file of the package reveal.js. */
function distributed(file: string): string {
  const main = require.resolve('reveal.js');
  return readFileSync(main.replace(/reveal\.(m?js)$/, file), 'utf8');
}

/** `html` is HTML already; `notes` are text. */
function slide(title: string, html: string, notes: string): string {
  return `<section>
<h2>${escapeHtml(title)}</h2>
${html}
<aside class="notes">${escapeHtml(notes)}</aside>
</section>`;
}

function titleSlide({ profile }: Session): string {
  return `<section>
<h1>The Elephant in the Room</h1>
<p>Rethinking the Usage of Pre-trained Language Model in Sequential Recommendation</p>
<p class="quiet">Qu, Xie, Xiao, Sun, Kang, RecSys 2024. Numbers of this reproduction: profile
${escapeHtml(profile.name)}.</p>
</section>`;
}

const METHOD = [
  slide(
    'The question',
    `<p>A user took a comb, then soap. What next?</p>
<ul>
<li><b>SASRec, BERT4Rec</b>: a vector per item, a small Transformer over the history.</li>
<li><b>RECFORMER</b>: the words of all items in the history, one Longformer over all of them.</li>
</ul>
<p>The second costs far more. What does it buy: a better model of the <i>sequence</i>, or better
<i>items</i>?</p>`,
    'Let the audience vote before you continue.',
  ),
  slide(
    'Four models of the same words',
    `<ol>
<li><b>LF</b> has read text, and no behaviour.</li>
<li><b>PT</b> is LF, pre-trained on the histories of several domains.</li>
<li><b>FT</b> is PT, fine-tuned on one domain: RECFORMER.</li>
<li>Each gives a vector per item. SASRec starts from these vectors instead of random ones.</li>
</ol>
${chainImage()}`,
    'Freeze: the vectors stay as they are. Trainable: they are trained on. Recommending costs the same as ' +
      'with plain SASRec: the language model is no longer needed.',
  ),
  slide(
    'How a claim is judged here',
    `<ul>
<li>Each claim of the paper was written down as one contrast before the first run.</li>
<li>Effects are relative (between two gains: in points), with a 95 % interval over users.</li>
<li>p-values are corrected for all claims (Holm).</li>
<li><span class="verdict reproduced">reproduced</span>, <span class="verdict not-reproduced">not
reproduced</span>, or <span class="verdict undecided">undecided</span>: these data cannot tell.</li>
</ul>`,
    'Undecided is not a failure of the claim: the interval is too wide for these data.',
  ),
];

async function attentionSlide(session: Session): Promise<string> {
  const [domain] = session.profile.attention.domains;
  const maps = (await session.figure1()).filter((map) => map.domain === domain);
  const figure = await picture(figure1(maps));
  return slide(
    `What the model looks at (${domain})`,
    `${figure}<p class="quiet">${escapeHtml(describeAttention.sentences(maps).join(' '))}</p>`,
    'The paper sees three strata of layers. Look at one head before you look at the whole map.',
  );
}

async function findingSlide(row: MeasuredRow, figure: Figure | undefined, say: string): Promise<string> {
  const { paper, ours } = inNumbers(row);
  const kind = row.verdict.replace(' ', '-');
  const html = [
    `<p>In the paper: ${escapeHtml(paper)}</p>`,
    `<p>Here: ${escapeHtml(ours)}. <span class="verdict ${kind}">${escapeHtml(row.verdict)}</span></p>`,
    figure === undefined ? tableHtml(effectsByDataset(row)) : await picture(figure),
  ];
  return slide(row.claim.statement, html.join('\n'), `Section ${row.claim.section}. ${say}`);
}

async function boardSlide(rows: readonly ScoreboardRow[], leftOut = ''): Promise<string> {
  return slide(
    'All claims',
    `<p>${escapeHtml(`${countVerdicts(rows)} ${leftOut}`)}</p>${await picture(scoreboard(rows), 'tall')}`,
    'The whole table, with intervals and p-values, is in the report.',
  );
}

const LIMITS = slide(
  'What these numbers cannot say',
  `<ul>
<li>The data are small. In profiles without given data they are a made-up shop.</li>
<li>The intervals are over users, given these trained models. Another seed moves the numbers too.</li>
<li>Compare the order of models with the paper's, not the levels.</li>
</ul>`,
  'The page docs/limits.md has more.',
);

const DISCUSSION = slide(
  'To discuss',
  `<ol>
<li>Would you pay for a language model at serving time?</li>
<li>When should words help more: with few interactions per item, or with many?</li>
<li>What experiment would change your mind?</li>
</ol>`,
  'Notebook 06 takes up the second question; notebook 05 has the scoreboard to play with.',
);

function chainImage(): string {
  const { svg, alt } = chain();
  return `<figure class="small">${svgImage(svg, alt)}</figure>`;
}

async function picture(figure: Figure, size: 'usual' | 'tall' = 'usual'): Promise<string> {
  return `<figure class="${size}">${svgImage(await renderSvg(figure), figure.alt)}</figure>`;
}
