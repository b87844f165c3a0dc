/** A plain table as HTML, Markdown and text. Cells are text: mark-up in them has no effect. Pure. */
import { escapeHtml, escapeMarkdown, visible } from './escape';

/** A plain table. Numbers are shown as they are; text is never taken for mark-up. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  readonly caption?: string;
}

export function tableHtml({ columns, rows, caption }: Table): string {
  const numeric = numericColumns(rows, columns.length);
  const cell = (tag: 'td' | 'th', value: string | number, column: number): string =>
    `<${tag} ${alignment(numeric[column] ? 'right' : 'left', tag)}>${escapeHtml(String(value))}</${tag}>`;
  const line = (tag: 'td' | 'th', cells: readonly (string | number)[]): string =>
    `<tr>${cells.map((value, i) => cell(tag, value, i)).join('')}</tr>`;
  const title = caption === undefined ? '' : `<caption align="top"><b>${escapeHtml(caption)}</b></caption>`;
  const body = rows.map((row) => line('td', row)).join('\n');
  return `<table>${title}<thead>${line('th', columns)}</thead><tbody>${body}</tbody></table>`;
}

export function tableMarkdown({ columns, rows, caption }: Table): string {
  const numeric = numericColumns(rows, columns.length);
  const line = (cells: readonly (string | number)[]): string =>
    `| ${cells.map((value) => escapeMarkdown(String(value))).join(' | ')} |`;
  const rule = `|${columns.map((_, i) => (numeric[i] ? '---:|' : '---|')).join('')}`;
  const title = caption === undefined ? [] : [`**${escapeMarkdown(caption)}**`, ''];
  return [...title, line(columns), rule, ...rows.map(line)].join('\n');
}

/** The longest cell of a text table: one long title would make every line as long. */
const LONGEST_CELL = 200;

export function tableText({ columns, rows, caption }: Table): string {
  const numeric = numericColumns(rows, columns.length);
  const cells = [columns, ...rows].map((row) =>
    row.map((value) => shortened(visible(String(value)).replace(/\s+/g, ' '))),
  );
  const widths = columns.map((_, i) => Math.max(...cells.map((row) => row[i].length)));
  const lines = cells.map((row) =>
    row
      .map((value, i) => (numeric[i] ? value.padStart(widths[i]) : value.padEnd(widths[i])))
      .join('  ')
      .trimEnd(),
  );
  return [...(caption === undefined ? [] : [visible(caption)]), ...lines].join('\n');
}

function shortened(text: string): string {
  return text.length <= LONGEST_CELL ? text : `${text.slice(0, LONGEST_CELL - 1)}…`;
}

/**
 * The attribute is for code hosts. The style is for notebooks, whose own style overrides the attribute.
 * Numbers stay on one line; their headings may break, so that a narrow page need not scroll for them.
 */
export function alignment(side: 'left' | 'center' | 'right', tag: 'td' | 'th' = 'td'): string {
  const whole = side === 'right' && tag === 'td' ? '; white-space: nowrap' : '';
  return `align="${side}" style="text-align: ${side}${whole}"`;
}

const NUMBER = /^[-+−]?\d[\d.,]*(\s?%|\s±\s[\d.]+|\spoints)?$/;

/** A column is numeric if each of its cells is empty or a number, possibly with a unit or a spread. */
function numericColumns(rows: Table['rows'], count: number): boolean[] {
  return Array.from(
    { length: count },
    (_, i) => rows.length > 0 && rows.every((row) => row[i] === '' || NUMBER.test(String(row[i]))),
  );
}
