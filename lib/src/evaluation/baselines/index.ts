/** Methods without trained weights, to compare with every trained one. */
export { itemKnn, type ItemKnnOptions } from './itemKnn';
export { popularity } from './popularity';
export { randomScores } from './random';
export { textSimilarity } from './textSimilarity';
export { transition } from './transition';
