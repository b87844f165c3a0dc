/** The report's part that explains the method: each picture with a caption. */
import type { Block } from './block';
import { causalMask, chain, fineTuning, leaveOneOut, packing, tableTreatments } from './pictures';

export function methodInPictures(): Block[] {
  return [
    { heading: 'The method in pictures' },
    {
      picture: chain(),
      caption:
        'Three states of one language model: LF, PT and FT. Each gives an item table, and a recommender ' +
        'starts from that table or from random vectors.',
    },
    {
      picture: tableTreatments(),
      caption: 'What the variants of Tables 3 and 5 do to the item table and to the rest of the recommender.',
    },
    {
      picture: fineTuning(),
      caption:
        'Fine-tuning in two stages. ' +
        'Both end when validation no longer improves, or after the last epoch allowed.',
    },
    {
      picture: leaveOneOut(),
      caption: 'Which items are for training, and the two ways to rank the test item.',
    },
    { picture: causalMask(), caption: 'SASRec reads backwards only: the causal mask of its attention.' },
    {
      picture: packing(),
      caption:
        'Short histories share a row. The result is the same as with padded rows, with less to compute.',
    },
  ];
}
