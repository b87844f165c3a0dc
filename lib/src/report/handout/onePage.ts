/** An HTML page in one file: it contains styles, scripts, pictures and data, and may load nothing else. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { escapeHtml } from '../display/escape';

export interface OnePage {
  readonly title: string;
  readonly styles: readonly string[];
  /** The page's body, as HTML. */
  readonly body: string;
  readonly scripts: readonly string[];
}

/** The policy that browsers enforce: nothing from elsewhere, whatever an item's title says. */
const POLICY = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "script-src 'unsafe-inline'",
  'img-src data: blob:',
].join('; ');

export function onePage({ title, styles, body, scripts }: OnePage): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${escapeHtml(title)}</title>
${styles.map((style) => `<style>\n${style}</style>`).join('\n')}
</head>
<body>
${body}
${scripts.map((script) => `<script>${inScript(script)}</script>`).join('\n')}
</body>
</html>
`;
}

/** A file of lib/data/handout. */
export function asset(name: string): string {
  return readFileSync(join(__dirname, '..', '..', '..', 'data', 'handout', name), 'utf8');
}

export function plotlyScript(): string {
  return readFileSync(require.resolve('plotly.js-dist/plotly.min.js'), 'utf8');
}

/** A picture embedded in the page. */
export function svgImage(svg: string, alt: string): string {
  const data = Buffer.from(svg).toString('base64');
  return `<img alt="${escapeHtml(alt)}" src="data:image/svg+xml;base64,${data}">`;
}

/** Data for a script, found by its id. */
export function jsonElement(id: string, value: unknown): string {
  const text = JSON.stringify(value).replace(/</g, '\\u003c');
  return `<script type="application/json" id="${escapeHtml(id)}">${text}</script>`;
}

/** The end tag ends a script even inside a string, so it is escaped. */
function inScript(script: string): string {
  return script.replace(/<\/(script)/gi, '<\\/$1').replace(/<!--/g, '<\\!--');
}
