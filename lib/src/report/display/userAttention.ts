/** What `<s>` attends to in one user's history: words shaded by their share, item by item. Pure. */
import type { AttendedWord, UserAttention } from '../../experiments/views/user';
import { escapeHtml } from './escape';

/** Words of an item that the text form names. */
const NAMED_WORDS = 3;

/** `items`: of the whole history, of which the model may have read the newest only. */
export function attentionHtml(attention: UserAttention, items: number): string {
  const { words } = attention;
  const most = Math.max(...words.filter(({ item }) => item > 0).map(({ share }) => share));
  const lines = byItem(words).map(
    ({ item, own }) =>
      `<li value="${item}" style="overflow-wrap: anywhere; margin: 2px 0">` +
      `<small>${percent(sum(own))}</small> ${own.map((word) => wordHtml(word, most)).join(' ')}</li>`,
  );
  return [
    '<p><b>What <code>&lt;s&gt;</code> attends to in RECFORMER</b></p>',
    `<p><small>${escapeHtml(legend(attention, items))} The stronger the colour, the more; ` +
      `the strongest has ${percent(most)}. In italics: names of attributes.</small></p>`,
    `<ol style="padding-left: 2em">${lines.join('\n')}</ol>`,
  ].join('\n');
}

export function attentionText(attention: UserAttention, items: number): string[] {
  return [
    `What <s> attends to in RECFORMER. ${legend(attention, items)}`,
    ...byItem(attention.words).map(({ item, own }) => {
      const top = [...own].sort((a, b) => b.share - a.share).slice(0, NAMED_WORDS);
      const words = top.map(({ word, share }) => `${word} (${percent(share)})`).join(', ');
      return `  ${item}: ${percent(sum(own))}, most on ${words}`;
    }),
  ];
}

function legend({ layer, layers, head, heads, words }: UserAttention, items: number): string {
  const read = byItem(words).length;
  const whose = head === 'mean' ? `mean of ${heads} heads` : `head ${head} of 0 to ${heads - 1}`;
  const cut = read < items ? ` The model reads the ${read} newest of ${items} items alone.` : '';
  return (
    `Layer ${layer} of 0 to ${layers - 1}, ${whose}; on itself ` +
    `${percent(sum(words.filter(({ item }) => item === 0)))}.${cut}`
  );
}

function byItem(words: readonly AttendedWord[]): { item: number; own: AttendedWord[] }[] {
  const items = [...new Set(words.map(({ item }) => item))].filter((item) => item > 0);
  return items.map((item) => ({ item, own: words.filter((word) => word.item === item) }));
}

/** See-through, so that words are read on it in a light and in a dark page. */
function wordHtml({ word, share, named }: AttendedWord, most: number): string {
  const shade = `background: rgba(0, 114, 178, ${((0.55 * share) / most).toFixed(2)})`;
  const style = `${shade}; border-radius: 3px; padding: 0 2px`;
  const text = named ? `<i>${escapeHtml(word)}</i>` : escapeHtml(word);
  return `<span title="${percent(share)}" style="${style}">${text}</span>`;
}

function sum(words: readonly AttendedWord[]): number {
  return words.reduce((total, { share }) => total + share, 0);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
