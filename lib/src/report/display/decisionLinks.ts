/** Numbers of decisions ("D36") as links to docs/decisions.md, in text that is already escaped. Pure. */

const DECISION = /\bD(\d{1,2})\b/g;

/** As HTML. `root`: the path from the page to the project's folder, "../". */
export function decisionsHtml(html: string, root: string): string {
  return html.replace(DECISION, `<a href="${root}docs/decisions.md#d$1">D$1</a>`);
}

/** As Markdown, for a page in the project's folder. */
export function decisionsMarkdown(markdown: string): string {
  return markdown.replace(DECISION, '[D$1](docs/decisions.md#d$1)');
}
