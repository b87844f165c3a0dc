// Your own data, from a file to recommendations. Run it in this folder: node shop.mjs
import { readOwn, recommend, trainRecommender } from 'elephant';

// interactions.csv: user,item,time   items.csv: item,title,brand,category
const dataset = await readOwn(import.meta.dirname);
const run = await trainRecommender({ dataset, model: 'sasrec', loss: 'ce', dim: 16, epochs: 20 });
// A history: items of yours, oldest first.
const [next] = await recommend(run, dataset, [['comb', 'soap']], { top: 3 });
console.log(run.test.full['NDCG@10'].toFixed(4));
for (const { item, score } of next) console.log(item, score.toFixed(3));
