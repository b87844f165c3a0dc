/** The registry is well formed, the paper's stand agrees with method 12, verdicts follow from numbers. */
import { describe, expect, it } from 'vitest';
import { CLAIMS, paperStands, verdict, type Claim } from '../../lib/src/experiments/claims';
import { columnsOf } from '../../lib/src/experiments/claims/contrast';

const claim = (id: string): Claim => {
  const found = CLAIMS.find((each) => each.id === id);
  if (found === undefined) throw new Error(`no claim ${id}`);
  return found;
};

describe('the registry', () => {
  it('has every claim once, with a margin if the claim mentions one', () => {
    expect(new Set(CLAIMS.map(({ id }) => id)).size).toBe(CLAIMS.length);
    expect(new Set(CLAIMS.map(({ statement }) => statement)).size).toBe(CLAIMS.length);
    for (const { direction, margin, contrast } of CLAIMS) {
      expect(margin).toBe(direction === 'notBelow' || direction === 'notAbove' ? 0.02 : 0);
      if (contrast.kind === 'weakest') expect(direction).toBe('above');
    }
  });

  it('names the protocol of the tables it compares', () => {
    for (const { contrast, protocol, id } of CLAIMS) {
      const protocols = new Set(
        columnsOf(contrast).map(({ column }) => (column.table === 'table4' ? 'full' : 'sampled')),
      );
      expect([...protocols], id).toEqual(protocol === 'both' ? ['sampled', 'full'] : [protocol]);
    }
  });

  it('compares columns that the paper prints, Figure 2 apart', () => {
    for (const each of CLAIMS) {
      const figure = columnsOf(each.contrast).some(({ column }) => column.table === 'figure2');
      expect(paperStands(each).of === 0, each.id).toBe(figure);
    }
  });

  it('calls strong what the paper shows in nine of ten cells', () => {
    for (const each of CLAIMS) {
      const { withinMargin, of } = paperStands(each);
      expect(each.strength, each.id).toBe(
        of === 0 ? 'unprinted' : withinMargin >= 0.9 * of ? 'strong' : 'weak',
      );
    }
  });
});

describe('where the paper stands', () => {
  const counts: [string, number, number][] = [
    ['freeze-LF-below-base', 40, 40],
    ['trainable-PT-above-base', 40, 40],
    ['trainable-FT-above-base', 40, 40],
    ['trainable-LF-above-freeze', 40, 40],
    ['trainable-PT-above-freeze', 40, 40],
    ['trainable-FT-above-freeze', 38, 40],
    ['full-FT-above-REC', 30, 30],
    ['full-FT-above-SAS', 29, 30],
    ['withID-PT-above-SAS', 12, 12],
    ['withID-FT-above-SAS', 12, 12],
    ['REC-trainable-above-REC', 12, 12],
    ['none-worst', 4, 4],
    ['deeper-single-layer', 4, 4],
    ['deeper-three-layers', 0, 4],
    ['three-layers-above-all', 4, 4],
    ['freeze-FT-matches-REC', 27, 40],
    ['freeze-PT-above-base', 25, 40],
    ['freeze-FT-above-base', 28, 40],
    ['trainable-LF-below-base', 23, 40],
    ['further-Emb-above-All', 30, 40],
    ['further-best', 32, 40],
    ['freeze-FT-above-PT', 23, 40],
    ['trainable-FT-above-PT', 28, 40],
    ['withID-LF-no-help', 8, 12],
    ['REC-trainable-below-trainable-FT', 8, 12],
    ['REC-trainable-below-withID-FT', 10, 12],
  ];

  it.each(counts)('%s: %i of %i cells', (id, holds, of) => {
    expect(paperStands(claim(id))).toMatchObject({ holds, of });
    expect(paperStands(claim(id)).text).toContain(`${holds} of ${of} cells`);
  });

  it('splits by backbone as method 12 says', () => {
    const half = (id: string, backbone: 'SASRec' | 'BERT4Rec'): number =>
      paperStands({ ...claim(id), backbones: [backbone] }).holds;
    expect([half('freeze-PT-above-base', 'BERT4Rec'), half('freeze-PT-above-base', 'SASRec')]).toEqual([
      20, 5,
    ]);
    expect([half('freeze-FT-above-base', 'BERT4Rec'), half('freeze-FT-above-base', 'SASRec')]).toEqual([
      20, 8,
    ]);
  });

  it('has effects that can be had by hand', () => {
    expect(paperStands(claim('three-layers-above-all')).effect).toBeCloseTo(28.42 / 27.54 - 1, 12);
    const [sas, ft] = [(12.35 + 18.83 + 6.3 + 10.09 + 19.71) / 5, (13.09 + 19.54 + 7.45 + 11.46 + 20.15) / 5];
    expect(paperStands(claim('full-FT-above-SAS')).effect).toBeCloseTo(ft / sas - 1, 12);
    expect(paperStands(claim('deeper-single-layer')).effect).toBeCloseTo(26.26 / 25.64 - 1, 12);
    expect(paperStands(claim('pretraining-helps'))).toMatchObject({ effect: undefined, of: 0 });
  });

  it('counts the changes that the text states beside Table 1', () => {
    // Table 1: four of four. Text: +0.90 % holds, -0.07, -0.62 and -0.18 % are within the margin.
    expect(paperStands(claim('three-layers-match-all'))).toMatchObject({ holds: 5, withinMargin: 8, of: 8 });
  });
});

describe('verdict', () => {
  const judge = (direction: Claim['direction'], low: number, high: number, adjustedP = 0.01): string =>
    verdict(
      { direction, margin: direction === 'notBelow' || direction === 'notAbove' ? 0.02 : 0 },
      { low, high },
      adjustedP,
    );

  it.each([
    ['above', 0.01, 0.03, 'reproduced'],
    ['above', -0.01, 0.03, 'undecided'],
    ['above', -0.03, -0.01, 'not reproduced'],
    ['above', 0, 0, 'not reproduced'],
    ['below', -0.03, -0.01, 'reproduced'],
    ['below', -0.03, 0.01, 'undecided'],
    ['below', 0.01, 0.03, 'not reproduced'],
    ['notBelow', -0.01, 0.05, 'reproduced'],
    ['notBelow', 0, 0, 'reproduced'],
    ['notBelow', -0.03, 0.05, 'undecided'],
    ['notBelow', -0.09, -0.03, 'not reproduced'],
    ['notAbove', -0.05, 0.01, 'reproduced'],
    ['notAbove', -0.05, 0.03, 'undecided'],
    ['notAbove', 0.03, 0.05, 'not reproduced'],
  ] as const)('%s with [%f, %f] is %s', (direction, low, high, expected) => {
    expect(judge(direction, low, high)).toBe(expected);
  });

  it('is undecided if the Holm correction removes the significance', () => {
    expect(judge('above', 0.01, 0.03, 0.06)).toBe('undecided');
    expect(judge('above', -0.03, -0.01, 0.06)).toBe('undecided');
    expect(judge('above', 0.01, 0.03, 0.05)).toBe('reproduced');
  });
});
