/**
 * Words from outside (item titles, paths, users' labels) as text in HTML, Markdown and plain output. No
 * script, mark-up, formula, terminal code or writing direction in them takes effect.
 */

/**
 * As HTML. A dollar sign and a backslash get their own elements, so that no notebook client sees a formula
 * between two of them, or one that begins with \\( or \\begin{.
 */
export function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
    $: '<span>$</span>',
    '\\': '<span>\\</span>',
  };
  const escaped = visible(text).replace(/[&<>"'$\\]/g, (character) => entities[character]);
  return DIRECTION.test(text) ? `<bdi>${escaped}</bdi>` : escaped;
}

/** As XML, in text and in attributes. */
export function escapeXml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return visible(text).replace(/[&<>"]/g, (character) => entities[character]);
}

/** As Markdown within a line or a table cell, for code hosts and notebooks. */
export function escapeMarkdown(text: string): string {
  return escapeHtml(text.replace(/\s+/g, ' ')).replace(/[\\`*_[\]|~]/g, (character) => `\\${character}`);
}

/** As plain text: control characters are shown, not obeyed. */
export function visible(text: string): string {
  return text.replace(CONTROL, picture).replace(OVERRIDES, '\u2426');
}

/** Control characters other than tab and newline. */
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Unicode's pictures of the C0 control characters; a substitute for the others. */
function picture(character: string): string {
  return character < ' ' ? String.fromCharCode(0x2400 + character.charCodeAt(0)) : '\u2426';
}

/** Characters that change the writing direction of what follows. */
const OVERRIDES = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Letters written from right to left, which are kept apart from the numbers beside them. */
const DIRECTION = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/;
