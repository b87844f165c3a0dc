/** One user as HTML and as text: what is marked, what stands for a missing model, what is escaped. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openResults } from '../../lib/src/experiments/results/fileAnswers';
import type { UserExample, UserItem } from '../../lib/src/experiments/views/user';
import { folders } from '../../lib/src/project';
import { userHtml, userText } from '../../lib/src/report/display/userExample';
import { userTable } from '../../lib/src/report/display/userTable';

const item = (id: number, title = `item ${id}`): UserItem => ({ id, title, brand: 'B', category: 'C' });
const example = (changes: Partial<UserExample> = {}): UserExample => ({
  domain: 'Pantry',
  user: 3,
  users: 40,
  items: 60,
  history: [item(9), item(8)],
  next: item(7),
  models: [
    { name: 'first', top: [item(9), item(7), item(1), item(2), item(4)], rank: 2 },
    { name: 'second', missing: '"second" is not in the store; npx elephant run --profile mini makes it' },
  ],
  attention: {
    layer: 1,
    head: 'mean',
    layers: 2,
    heads: 4,
    words: [
      { word: '<s>', item: 0, named: false, share: 0.1 },
      { word: 'title', item: 1, named: true, share: 0.2 },
      { word: 'soap', item: 1, named: false, share: 0.7 },
    ],
  },
  ...changes,
});

/** Text of the elements of a page, without its marks. */
const words = (html: string): string => html.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');

/** What of the styles here JupyterLab keeps in the saved outputs of a notebook that was not run there. */
const KEPT = [
  ...['background', 'border', 'border-radius', 'box-sizing', 'display', 'font-weight', 'margin', 'max-width'],
  ...['overflow-wrap', 'padding', 'padding-left', 'vertical-align', 'width'],
];

describe('HTML', () => {
  test('keeps its looks where JupyterLab shows saved outputs', () => {
    const styles = [...userHtml(example()).matchAll(/style="([^"]*)"/g)].flatMap(([, style]) =>
      style.split(';').flatMap((rule) => rule.split(':')[0].trim() || []),
    );
    expect(styles.length).toBeGreaterThan(10);
    expect(styles.filter((name) => !KEPT.includes(name))).toEqual([]);
  });

  test('marks the item that really came next, in colour and in words, and those of the history', () => {
    const lines = userHtml(example()).match(/<li[^]*?<\/li>/g) as string[];
    expect(lines[0]).toBe('<li>item 9<small> (in the history)</small></li>');
    expect(lines[1]).toMatch(/^<li style="background: rgba\([^"]+">item 7<small> \(really came next\)/);
    expect(lines[2]).toBe('<li>item 1</li>');
    expect(words(userHtml(example()))).toContain('What really came next has rank 2 of 60.');
  });

  test('says which command makes a model that is missing, and the attention', () => {
    const missing = 'RECFORMER is not in the store; npx elephant run --profile mini makes it';
    const text = words(userHtml(example({ attention: { name: 'RECFORMER', missing } })));
    expect(text).toContain('second &quot;second&quot; is not in the store; npx elephant run --profile mini');
    expect(text).toContain(missing);
  });

  test('shades words by their share of the largest, and says how much of the history was read', () => {
    const html = userHtml(example());
    expect(html).toMatch(/<span title="70.0 %" style="background: rgba\(0, 114, 178, 0.55\)[^>]+>soap</);
    expect(html).toMatch(/<span title="20.0 %" style="background: rgba\(0, 114, 178, 0.16\)[^>]+><i>title</);
    expect(words(html)).toContain('Layer 1 of 0 to 1, mean of 4 heads; on itself 10.0 %.');
    expect(words(html)).toContain('The model reads the 1 newest of 2 items alone.');
  });

  test('unfolds what is older than the first eight', () => {
    const many = Array.from({ length: 11 }, (_, i) => item(20 + i));
    const html = userHtml(example({ history: many }));
    expect(html).toContain('<summary>3 older</summary>');
    expect(html.split('<details>')[0].match(/item 2\d/g)).toHaveLength(8);
    expect(userHtml(example())).not.toContain('<details>');
  });

  test('shows words of items as words, whatever they hold', () => {
    const evil = '<img src=x onerror=alert(1)> $x$ " \u202e \u001b[31m';
    const hostile = example({
      domain: evil,
      history: [{ id: 1, title: evil, brand: evil, category: evil }],
      next: item(7, evil),
      models: [
        { name: evil, top: [item(7, evil)], rank: 1 },
        { name: evil, missing: evil },
      ],
      attention: {
        ...(example().attention as Extract<UserExample['attention'], { words: unknown }>),
        words: [{ word: evil, item: 1, named: false, share: 1 }],
      },
    });
    expect(userHtml(hostile)).not.toMatch(/<img|[^>]\$|\u202e|\u001b/);
    expect(userText(hostile)).not.toMatch(/\u202e|\u001b/);
    const twoLines = userText(example({ next: item(7, 'a\nUser 9 of Pantry') }));
    expect(twoLines).not.toMatch(/^User 9/m);
  });
});

test('as text it has the same facts', () => {
  const text = userText(example());
  for (const said of [
    'User 3 of Pantry (of 0 to 39): 2 items, the newest first',
    '  1, the newest: item 9 · B · C',
    'first: What really came next has rank 2 of 60',
    '  2. item 7 (really came next)',
    'second: "second" is not in the store',
    '  1: 90.0 %, most on soap (70.0 %), title (20.0 %)',
  ])
    expect(text).toContain(said);
});

test('as a table it has the models that are there, and nothing without any', () => {
  const { models } = example();
  expect(userTable(example())).toMatchObject({
    columns: ['', 'first'],
    rows: [
      ['1.', 'item 9 (in the history)'],
      ['2.', 'item 7 (really came next)'],
      ['3.', 'item 1'],
      ['4.', 'item 2'],
      ['5.', 'item 4'],
      ['rank of what came next', '2 of 60'],
    ],
  });
  expect(userTable(example({ models: models.slice(1) }))).toBeUndefined();
});

test('the committed results keep one user, and name it if another is asked for', async () => {
  const session = openResults(join(folders.results, 'mini.json'));
  expect((await session.user('Pantry', 17)).history.length).toBeGreaterThan(5);
  await expect(session.user('Pantry', 18)).rejects.toThrow(/nearest that they hold is user\("Pantry", 17, /);
});
