/**
 * What Shift-Tab says about the name at the cursor or, inside the parentheses of a call, about the called
 * function.
 */

/** What the compiler knows about a name (quick info of the language service), as far as it is shown. */
export interface QuickInfo {
  readonly displayParts?: readonly { text: string }[];
  readonly documentation?: readonly { text: string }[];
  readonly tags?: readonly { name: string; text?: readonly { text: string }[] }[];
}

/** Signature, description, then parameters and errors, each under its own name. */
export function printQuickInfo({ displayParts = [], documentation = [], tags = [] }: QuickInfo): string {
  const joined = (parts: readonly { text: string }[]): string => parts.map(({ text }) => text).join('');
  const notes = tags.flatMap(({ name, text = [] }) => {
    const words = joined(text);
    if (words === '') return [];
    return [name === 'param' ? `Parameter ${words}` : name === 'throws' ? `Throws ${words}` : words];
  });
  return [joined(displayParts), joined(documentation), notes.join('\n')].filter(Boolean).join('\n\n');
}

/** Words before a parenthesis that does not begin a call. */
const NO_CALL = /\b(?:if|for|while|switch|catch|function|return|await|typeof|new|in|of)$/;

/**
 * Position of the last letter of the called name, if the cursor is in a call; else undefined. Comments and
 * strings are skipped; a template string counts as one string, whatever it computes.
 */
export function calledAt(code: string, cursor: number): number | undefined {
  const open: number[] = [];
  for (const { 0: token, index = 0 } of code.matchAll(TOKEN)) {
    if (index >= cursor) break;
    if ('([{'.includes(token)) open.push(index);
    else if (')]}'.includes(token)) open.pop();
  }
  for (const at of open.reverse()) {
    const before = code.slice(0, at).trimEnd();
    if (code[at] === '(' && /[\w$]$/.test(before) && !NO_CALL.test(before)) return before.length - 1;
  }
  return undefined;
}

/** A comment, a string (even if it is not closed), or a bracket. */
const TOKEN = /\/\/.*|\/\*[^]*?(?:\*\/|$)|(["'])(?:\\.|(?!\1)[^\\\n])*\1?|`(?:\\[^]|[^\\`])*`?|[()[\]{}]/g;
