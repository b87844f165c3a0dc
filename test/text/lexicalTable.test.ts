import { describe, expect, it } from 'vitest';
import { checkItemTable } from '../../lib/src/text/itemTable';
import { lexicalTable } from '../../lib/src/text/lexicalTable';
import { createRandom } from '../../lib/src/random';
import { symmetricEigen } from '../../lib/src/text/symmetricEigen';
import { tfidf } from '../../lib/src/text/tfidf';
import { truncatedSvd } from '../../lib/src/text/truncatedSvd';
import { itemWords } from '../../lib/src/text/words';

const random = createRandom(7);
const vocabulary = Array.from({ length: 40 }, (_, i) => `word${i}`);
const texts = Array.from({ length: 30 }, () => ({
  title: Array.from({ length: 1 + random.integer(8) }, () => vocabulary[random.integer(40)]).join(' '),
  brand: `Brand${random.integer(4)}`,
  category: '',
}));

/**
 * Singular values and Gram matrix by brute force: Jacobi rotations on A A^T, another method than the one
 * under test.
 */
function jacobiEigenvalues(rows: number[][]): number[] {
  const a = rows.map((row) => [...row]);
  const n = a.length;
  for (let sweep = 0; sweep < 60; sweep++) {
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        if (Math.abs(a[p][q]) < 1e-300) continue;
        const theta = 0.5 * Math.atan2(2 * a[p][q], a[p][p] - a[q][q]);
        const [c, s] = [Math.cos(theta), Math.sin(theta)];
        for (let k = 0; k < n; k++)
          [a[k][p], a[k][q]] = [c * a[k][p] + s * a[k][q], c * a[k][q] - s * a[k][p]];
        for (let k = 0; k < n; k++)
          [a[p][k], a[q][k]] = [c * a[p][k] + s * a[q][k], c * a[q][k] - s * a[p][k]];
      }
    }
  }
  return a.map((row, i) => row[i]).sort((x, y) => y - x);
}

function denseGram(documents: string[][]): number[][] {
  const a = tfidf(documents);
  const dense = documents.map((_, i) => {
    const row = new Float64Array(a.columns);
    for (let p = a.offsets[i]; p < a.offsets[i + 1]; p++) row[a.indices[p]] = a.values[p];
    return row;
  });
  return dense.map((x) => dense.map((y) => x.reduce((sum, value, k) => sum + value * y[k], 0)));
}

describe('words and TF-IDF', () => {
  it('splits on anything but letters, marks and digits, in any script', () => {
    expect(
      itemWords({ title: 'Dr. Bronner’s 32oz – Café', brand: 'Über&Co', category: 'شامبو 洗发水' }),
    ).toEqual(['dr', 'bronner', 's', '32oz', 'café', 'über', 'co', 'شامبو', '洗发水']);
    expect(itemWords({ title: '', brand: '', category: '<b></b>' })).toEqual(['b', 'b']);
  });

  it('weighs by count and rarity and normalises rows', () => {
    const a = tfidf([['a', 'a', 'b'], ['b'], []]);
    const weightA = 2 * (1 + Math.log(4 / 2));
    const weightB = 1 + Math.log(4 / 3);
    const length = Math.hypot(weightA, weightB);
    expect([...a.values]).toEqual([weightA / length, weightB / length, 1].map((x) => expect.closeTo(x, 12)));
    expect([...a.offsets]).toEqual([0, 2, 3, 3]);
  });
});

describe('symmetric eigenvectors', () => {
  it.each([1, 2, 3, 12, 40])('A v = lambda v with orthonormal v, n = %i', (n) => {
    const generator = createRandom(n);
    const rows = Array.from({ length: n }, () => new Float64Array(n));
    for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) rows[i][j] = rows[j][i] = generator.normal();
    const { values, vectors } = symmetricEigen(rows);
    const brute = jacobiEigenvalues(rows.map((row) => [...row]));
    values.forEach((value, k) => expect(value).toBeCloseTo(brute[k], 8));
    for (let k = 0; k < n; k++) {
      for (let i = 0; i < n; i++) {
        expect(rows[i].reduce((sum, x, j) => sum + x * vectors[k][j], 0)).toBeCloseTo(
          values[k] * vectors[k][i],
          8,
        );
      }
      for (let l = 0; l <= k; l++) {
        expect(vectors[k].reduce((sum, x, i) => sum + x * vectors[l][i], 0)).toBeCloseTo(k === l ? 1 : 0, 8);
      }
    }
  });

  it('handles repeated eigenvalues and diagonal matrices', () => {
    const identity = Array.from({ length: 5 }, (_, i) =>
      Float64Array.from({ length: 5 }, (_, j) => (i === j ? 2 : 0)),
    );
    expect([...symmetricEigen(identity).values]).toEqual([2, 2, 2, 2, 2]);
  });
});

describe('truncated SVD', () => {
  it('finds the singular values of a brute-force decomposition', () => {
    const documents = texts.map(itemWords);
    const brute = jacobiEigenvalues(denseGram(documents)).map((x) => Math.sqrt(Math.max(0, x)));
    const exact = truncatedSvd(tfidf(documents), 20, 1);
    exact.values.forEach((value, k) => expect(value).toBeCloseTo(brute[k], 8));
    // A narrow sketch: the leading values are already right, none is overestimated.
    const narrow = truncatedSvd(tfidf(documents), 4, 1, { oversampling: 4, iterations: 8 });
    narrow.values.forEach((value, k) => {
      expect(value).toBeLessThanOrEqual(brute[k] + 1e-9);
      expect(value).toBeGreaterThan(brute[k] * 0.99);
    });
  });
});

describe('lexical table', () => {
  it('at full rank reproduces the cosine of the texts, with a zero row 0', () => {
    const table = lexicalTable(texts, 30, 3);
    checkItemTable(table, texts.length);
    const gram = denseGram(texts.map(itemWords));
    const row = (i: number) => table.data.subarray((i + 1) * 30, (i + 2) * 30);
    for (let i = 0; i < 30; i++) {
      for (let j = 0; j < 30; j++)
        expect(row(i).reduce((sum, x, k) => sum + x * row(j)[k], 0)).toBeCloseTo(gram[i][j], 5);
    }
  });

  it('is the same for the same seed, and fills columns beyond the rank with zero', () => {
    expect(lexicalTable(texts, 6, 3).data).toEqual(lexicalTable(texts, 6, 3).data);
    const few = lexicalTable(texts.slice(0, 3), 8, 1);
    for (let i = 1; i < few.rows; i++)
      expect([...few.data.subarray(i * 8 + 3, i * 8 + 8)]).toEqual([0, 0, 0, 0, 0]);
    const empty = lexicalTable([{ title: '', brand: '', category: '' }], 2, 1);
    expect([...empty.data]).toEqual([0, 0, 0, 0]);
  });

  it('refuses an impossible dimension', () => {
    expect(() => lexicalTable(texts, 0, 1)).toThrow(/positive integer, got 0/);
  });
});
