/** What Shift-Tab says of the library. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { calledAt, printQuickInfo } from '../../lib/src/jupyter/kernel/inspection';
import { KernelClient } from '../../lib/src/jupyter/kernel/kernelClient';
import { notebookFolder } from '../notebookFolder';

/** The cursor is at the bar. */
function called(marked: string): string | undefined {
  const cursor = marked.indexOf('|');
  const at = calledAt(marked.replace('|', ''), cursor);
  return at === undefined ? undefined : /[\w$.]+$/.exec(marked.replace('|', '').slice(0, at + 1))?.[0];
}

test.each([
  ['open(|)', 'open'],
  ["open({ profile: '|' })", 'open'],
  ['await session.table3(  |)', 'session.table3'],
  ['f(1, g(2), |)', 'f'],
  ['f(g(|))', 'g'],
  ['f(\')\', "(", `(`, |)', 'f'],
  ['f( // (\n /* ( */ |)', 'f'],
  ['if (|)', undefined],
  ['(|)', undefined],
  ['f(1); |', undefined],
])('the cursor in %s is in a call of %s', (marked, name) => {
  expect(called(marked)).toBe(name);
});

test('errors and parameters stand under their names, after the description', () => {
  const part = (text: string): { text: string }[] => [{ text }];
  expect(
    printQuickInfo({
      displayParts: part('f(x: number): void'),
      documentation: part('Does it.'),
      tags: [
        { name: 'param', text: part('x how much') },
        { name: 'throws', text: part('Error for 0.') },
        { name: 'internal' },
      ],
    }),
  ).toBe('f(x: number): void\n\nDoes it.\n\nParameter x how much\nThrows Error for 0.');
});

const { path: folder, remove } = notebookFolder();
let kernel: KernelClient;
beforeAll(async () => {
  kernel = await KernelClient.start({ cwd: folder });
  await kernel.execute(
    "import { open, readOwn, trainRecommender, type Session } from 'elephant';\nlet session: Session;",
    () => undefined,
  );
}, 60_000);
afterAll(() => {
  kernel.close();
  remove();
});

async function said(marked: string): Promise<string> {
  const request = { code: marked.replace('|', ''), cursor_pos: marked.indexOf('|'), detail_level: 0 };
  const { data } = await kernel['ask']('inspect_request', request, () => undefined);
  return (data as Record<string, string>)['text/plain'] ?? '';
}

test.each([
  ['op|en()', 'Opens a profile with its store, or a results file.'],
  ['trainRecommender(|{})', 'Trains a recommender on a dataset'],
  ['readOwn(|)', 'Reads interactions of your own'],
  ...['table1', 'table2', 'table3', 'table4', 'table5'].flatMap((table) => [
    [`session.${table}|()`, `Table ${table.at(-1)}: `],
    [`session.${table}(|)`, `Table ${table.at(-1)}: `],
  ]),
])('%s', async (marked, description) => {
  expect((await said(marked)).split('\n\n')[1]).toContain(description);
});

test('a wrong backbone: the compiler and the library name both', async () => {
  let printed = '';
  const run = (code: string): Promise<unknown> =>
    kernel.execute(code, (_, { text }) => void (printed += String(text)));
  await run("await session.table3('GRU4Rec')");
  expect(printed).toContain('"SASRec" | "BERT4Rec"');
  printed = '';
  await run("session = open({ profile: 'smoke' });\nawait session.table3('GRU4Rec' as any)");
  expect(printed).toContain(
    'InputError: table3: unknown backbone "GRU4Rec". Did you mean "BERT4Rec"? Known: SASRec, BERT4Rec',
  );
});
