/** method 16.1. */
import { describe, expect, it } from 'vitest';
import { INPUT_LIMITS, itemInput, sequenceInput, singleItemInput } from '../../lib/src/text/recformerInput';

/** One token a character: its code point. */
const tokenizer = { encode: (text: string) => [...text].map((c) => c.codePointAt(0) as number) };
const text = { title: 'ab', brand: '', category: 'xyz' };
const codes = (s: string) => tokenizer.encode(s);

describe('item input', () => {
  it('is name, value, name, value, ... with types 1 and 2; an empty value still has its name', () => {
    const { tokens, types } = itemInput(text, tokenizer);
    expect([...tokens]).toEqual(codes('titleabbrandcategoryxyz'));
    expect([...types].join('')).toBe('1111122' + '11111' + '11111111222');
  });

  it('cuts each attribute to 32 tokens, its name included', () => {
    const { tokens, types } = itemInput(
      { title: 'q'.repeat(100), brand: 'r'.repeat(27), category: '' },
      tokenizer,
    );
    expect([...tokens]).toEqual(codes('title' + 'q'.repeat(27) + 'brand' + 'r'.repeat(27) + 'category'));
    expect(types.length).toBe(32 + 32 + 8);
  });

  it('uses the first attributes only', () => {
    expect([...itemInput(text, tokenizer, { ...INPUT_LIMITS, maxAttributes: 1 }).tokens]).toEqual(
      codes('titleab'),
    );
  });
});

describe('sequence input', () => {
  const item = (token: number, length = 2) => ({
    tokens: new Int32Array(length).fill(token),
    types: new Int32Array(length).fill(2),
  });

  it('is <s>, then the newest item first, position 1 = newest, no </s>', () => {
    const { tokens, types, itemPositions } = sequenceInput([item(10), item(11), item(12)], 0);
    expect([...tokens]).toEqual([0, 12, 12, 11, 11, 10, 10]);
    expect([...types]).toEqual([0, 2, 2, 2, 2, 2, 2]);
    expect([...itemPositions]).toEqual([0, 1, 1, 2, 2, 3, 3]);
  });

  it('keeps the newest 50 items', () => {
    const { tokens, itemPositions } = sequenceInput(
      Array.from({ length: 60 }, (_, i) => item(100 + i, 1)),
      0,
    );
    expect(tokens.length).toBe(51);
    expect(tokens[1]).toBe(159);
    expect(tokens[50]).toBe(110);
    expect(itemPositions[50]).toBe(50);
  });

  it('cuts to 1024 tokens: the oldest go, the last kept item may be cut inside', () => {
    const { tokens, itemPositions } = sequenceInput(
      Array.from({ length: 30 }, (_, i) => item(100 + i, 96)),
      0,
    );
    expect(tokens.length).toBe(1024);
    expect(tokens[1023]).toBe(100 + 30 - 1 - Math.floor(1022 / 96));
    expect(itemPositions[1023]).toBe(11);
    expect(itemPositions.filter((p) => p === 11).length).toBe(1023 - 10 * 96);
  });

  it('takes 0, 1 and 500 items', () => {
    expect([...sequenceInput([], 0).tokens]).toEqual([0]);
    expect([...singleItemInput(item(7), 0).itemPositions]).toEqual([0, 1, 1]);
    expect(
      sequenceInput(
        Array.from({ length: 500 }, () => item(7)),
        0,
      ).tokens.length,
    ).toBe(101);
    expect(sequenceInput([item(7, 0), item(8, 1)], 0).tokens.length).toBe(2);
  });
});
