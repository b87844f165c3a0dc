/**
 * One user: the history as cards, what three models recommend side by side, and the words that `<s>` attends
 * to, shaded. As HTML that fits any width and a light or dark page, and as text. Pure.
 */
import type { UserExample, UserItem, UserRanking } from '../../experiments/views/user';
import { attentionHtml, attentionText } from './userAttention';
import { escapeHtml, visible } from './escape';

/** Cards that are shown at once; older items unfold. */
const SHOWN_CARDS = 8;

/**
 * Boxes in rows that break. Inline blocks, since JupyterLab drops `flex-wrap` and `gap` from the outputs of a
 * notebook that was not run there, so all boxes would be in one row, wider than the page.
 */
const BOX =
  'display: inline-block; vertical-align: top; box-sizing: border-box; max-width: 100%; ' +
  'margin: 0 8px 8px 0; padding: 6px 10px; overflow-wrap: anywhere; ' +
  'border: 1px solid rgba(128, 128, 128, 0.5); border-radius: 6px';
/** Green, see-through: the item that really came next. */
const MARKED = 'background: rgba(0, 158, 115, 0.25)';

export function userHtml(example: UserExample): string {
  const { history, next, models, attention } = example;
  const cards = history.map((item, i) => cardHtml(item, placeOf(i)));
  const older = cards.slice(SHOWN_CARDS);
  return [
    `<p><b>${escapeHtml(titleOf(example))}</b></p>`,
    rowHtml(cards.slice(0, SHOWN_CARDS)),
    ...(older.length === 0
      ? []
      : [`<details><summary>${older.length} older</summary>${rowHtml(older)}</details>`]),
    `<p><b>What really came next</b></p>`,
    rowHtml([cardHtml(next, 'the item to find', MARKED)]),
    `<p><b>What three models put first</b>, of all ${example.items} items</p>`,
    rowHtml(models.map((model) => modelHtml(model, example))),
    'missing' in attention
      ? `<p>What <code>&lt;s&gt;</code> attends to: ${escapeHtml(attention.missing)}.</p>`
      : attentionHtml(attention, history.length),
  ].join('\n');
}

export function userText(example: UserExample): string {
  const { history, next, models, attention } = example;
  return [
    titleOf(example),
    ...history.map((item, i) => `  ${placeOf(i)}: ${inWords(item)}`),
    `What really came next: ${inWords(next)}`,
    ...models.flatMap((model) =>
      'missing' in model
        ? [`${model.name}: ${model.missing}`]
        : [
            `${model.name}: ${rankText(model, example)}`,
            ...model.top.map((item, i) => `  ${i + 1}. ${item.title}${remarkText(item, example)}`),
          ],
    ),
    ...('missing' in attention
      ? [`What <s> attends to: ${attention.missing}`]
      : attentionText(attention, history.length)),
  ]
    .map((line) => visible(line.replace(/[\r\n]+/g, ' ')))
    .join('\n');
}

function titleOf({ domain, user, users, history }: UserExample): string {
  const items = `${history.length} item${history.length === 1 ? '' : 's'}`;
  return `User ${user} of ${domain} (of 0 to ${users - 1}): ${items}, the newest first`;
}

function placeOf(index: number): string {
  return index === 0 ? '1, the newest' : String(index + 1);
}

function inWords({ title, brand, category }: UserItem): string {
  return [title, brand, category].filter(Boolean).join(' · ');
}

function rowHtml(boxes: readonly string[]): string {
  return `<div style="margin: 8px 0">${boxes.join('\n')}</div>`;
}

function cardHtml({ title, brand, category }: UserItem, above: string, look = ''): string {
  const below = [brand, category].filter(Boolean).map(escapeHtml).join(' · ');
  return (
    `<div style="${BOX}; width: 180px; ${look}">` +
    `<small>${escapeHtml(above)}</small><br><b>${escapeHtml(title)}</b><br><small>${below}</small></div>`
  );
}

function modelHtml(model: UserExample['models'][number], example: UserExample): string {
  const body =
    'missing' in model
      ? `<p>${escapeHtml(model.missing)}.</p>`
      : `<ol style="padding-left: 1.6em; margin: 6px 0">${model.top
          .map((item) => recommendedHtml(item, example))
          .join('')}</ol><p style="margin: 6px 0">${escapeHtml(rankText(model, example))}.</p>`;
  return `<div style="${BOX}; width: 240px"><b>${escapeHtml(model.name)}</b>${body}</div>`;
}

function recommendedHtml(item: UserItem, example: UserExample): string {
  const remark = escapeHtml(remarkText(item, example));
  const look = item.id === example.next.id ? ` style="${MARKED}; font-weight: bold"` : '';
  return `<li${look}>${escapeHtml(item.title)}${remark === '' ? '' : `<small>${remark}</small>`}</li>`;
}

/** What is shown of a recommended item beside its title. */
export function remarkText({ id }: UserItem, { next, history }: UserExample): string {
  if (id === next.id) return ' (really came next)';
  return history.some((item) => item.id === id) ? ' (in the history)' : '';
}

function rankText({ rank }: UserRanking, { items }: UserExample): string {
  return `What really came next has rank ${rank} of ${items}`;
}
