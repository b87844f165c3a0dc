// Recommendations over HTTP by ONNX Runtime alone, without the library: node serve.mjs sasrec.onnx
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

process.env.ORT_DISABLE_TELEMETRY ??= '1'; // read when the package is loaded
const { InferenceSession, Tensor } = await import('onnxruntime-node');
const file = process.argv[2];
const model = await InferenceSession.create(file, { intraOpNumThreads: 1 });
const keys = JSON.parse(readFileSync(file.replace(/\.onnx$/, '.items.json'), 'utf8'));
const ids = new Map(keys.map((key, i) => [key, i + 1]));
const int64 = (values, shape) => new Tensor('int64', BigInt64Array.from(values, BigInt), shape);

async function recommend(history, top) {
  const unknown = history.filter((key) => !ids.has(key));
  if (history.length === 0 || unknown.length > 0 || !(Number.isSafeInteger(top) && top > 0))
    return { error: 'expected /?item=<key>&item=<key>&top=<number>', unknown };
  const known = history.map((key) => ids.get(key));
  const { items, scores } = await model.run({
    history: int64(known, [1, known.length]),
    top: int64([top], [1]),
  });
  const next = Array.from(items.data, (id, i) => ({ item: keys[Number(id) - 1], score: scores.data[i] }));
  return { next: next.filter(({ score }) => score > -Infinity) }; // not the history, if so many are asked for
}

const server = createServer(async ({ url }, response) => {
  const asked = new URLSearchParams(url.split('?')[1]);
  const answer = await recommend(asked.getAll('item'), Number(asked.get('top') ?? 10));
  response
    .writeHead(answer.error ? 400 : 200, { 'content-type': 'application/json' })
    .end(JSON.stringify(answer));
});
server.listen(process.env.PORT ?? 8000, '127.0.0.1', () => console.log(`port ${server.address().port}`));
