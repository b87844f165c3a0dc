/** The result of fine-tuning as a stage result: facts, REC's weights and ranks, the FT table. */
import { withPrefix } from '../../engine/prefixes';
import type { HostTensor, NamedHostTensors } from '../../engine/types';
import type { Protocol } from '../../evaluation';
import { selectionMetric } from '../../evaluation/validationMetrics';
import type { StageResult } from '../../pipeline/stage';
import type { ItemTable } from '../../text/itemTable';
import type { FinetuneResult, Rec } from '../../training/language/finetune';
import type { TrainingResult } from '../../training/trainer';
import type { FinetuneFacts, FinetuneLog } from './finetuneFacts';
import { selectedPrefix, TRAINABLE_PREFIX } from './selectedBy';
import { storeEvaluation } from './storedEvaluation';
import { storeModel } from './storedModel';

/** `protocols`: those that select, in the order of the fine-tuning. */
export function storeFinetune(
  result: FinetuneResult,
  protocols: readonly Protocol[],
): StageResult<FinetuneFacts> {
  const { json: model, arrays } = storeRec(result);
  const { test, trainable, stages, table, tableIsUntuned } = result;
  const recs = Object.entries({ [protocols[0]]: result, ...result.also }) as [Protocol, Rec][];
  const facts: FinetuneFacts = {
    test: test.metrics,
    tiedUsers: test.tiedUsers,
    stages: {
      FT1: storedTraining(stages.FT1, protocols),
      FT2: storedTraining(stages.FT2, protocols),
      ...(trainable && { trainable: storedTraining(trainable.FT2, protocols) }),
    },
    tableIsUntuned,
    selected: Object.fromEntries(
      recs.map(([protocol, { stage, epoch, test }]) => [
        protocol,
        { stage, epoch, test: test.metrics, tiedUsers: test.tiedUsers },
      ]),
    ),
    ...(trainable && { trainable: { test: trainable.test.metrics, tiedUsers: trainable.test.tiedUsers } }),
  };
  return {
    json: { model, ...facts },
    arrays: {
      ...arrays,
      table: tableTensor(table),
      ...storeEvaluation(test),
      ...furtherRecs(result, recs),
      ...(trainable && withPrefix(TRAINABLE_PREFIX, storeEvaluation(trainable.test))),
    },
  };
}

function storeRec({ model }: Rec): ReturnType<typeof storeModel> {
  return storeModel({ ...model, head: undefined });
}

/** Weights and ranks of RECs that the first protocol did not choose: one of the same epoch is kept once. */
function furtherRecs(first: Rec, recs: readonly (readonly [Protocol, Rec])[]): NamedHostTensors {
  const others = recs.filter(([, rec]) => rec.stage !== first.stage || rec.epoch !== first.epoch);
  return Object.assign(
    {},
    ...others.map(([protocol, rec]) =>
      withPrefix(selectedPrefix(protocol), { ...storeRec(rec).arrays, ...storeEvaluation(rec.test) }),
    ),
  ) as NamedHostTensors;
}

function storedTraining(
  { epoch, bestEpoch, log }: TrainingResult,
  protocols: readonly Protocol[],
): { epochs: number; bestEpoch: number; log: FinetuneLog[] } {
  return {
    epochs: epoch,
    bestEpoch,
    log: log.map(({ epoch, loss, metrics }) => {
      const valueOf = (protocol: Protocol): number => metrics[selectionMetric(protocol)];
      const validations = Object.fromEntries(protocols.map((protocol) => [protocol, valueOf(protocol)]));
      return { epoch, loss, validation: valueOf(protocols[0]), validations };
    }),
  };
}

function tableTensor({ rows, dim, data }: ItemTable): HostTensor {
  return { shape: [rows, dim], dtype: 'float32', data };
}
