/**
 * Writes a program and the weights it uses as one standard .onnx file that any ONNX runtime executes without
 * this library.
 */
import { onnx } from 'onnx-proto';
import { InputError } from '../errors';
import { writeAside } from '../writeAside';
import type { ConstantArray, Value } from './graph';
import { lowerForExport } from './lowering/portable';
import { writeOnnx } from './onnx/writer';
import { optimise } from './passes';
import { removeDeadCode } from './passes/deadCode';
import { PARAM, traceForward } from './traceProgram';
import type { Program, State } from './types';

/** Largest message that Protocol Buffers can hold. */
const LIMIT = 2 ** 31 - 1;

/**
 * Writes `program` with its weights from `state` as one .onnx file. Inputs and outputs keep the names and
 * fixed shapes of the program. The state's tensors become initialisers under their names, or as "param:NAME"
 * if an input or output has that name. The file appears whole or not at all.
 * @throws InputError if the program draws random numbers, or its weights exceed the format's 2 GiB.
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { createEngine, exportOnnx, type Program } from 'elephant/engine';
 * const engine = await createEngine();
 * const state = engine.createState({ w: { shape: [2], dtype: 'float32', data: Float32Array.of(1, 2) } });
 * const inputs: Program['inputs'] = { x: { shape: [2], dtype: 'float32' } };
 * const outputs: Program['outputs'] = ({ w }, { x }) => ({ y: tf.mul(w, x) });
 * await exportOnnx({ name: 'scale', inputs, outputs }, state, 'scale.onnx');
 * ```
 */
export async function exportOnnx(program: Program, state: State, file: string): Promise<void> {
  await writeModel(await onnxModel(program, state), file);
}

/** The same as a message to build on. It uses only operators of the standard. */
export async function onnxModel(program: Program, state: State): Promise<onnx.ModelProto> {
  const { graph, sites } = traceForward(program, state);
  if (sites.length > 0)
    throw new InputError(
      `export of "${program.name}"`,
      'expected a program without random numbers, got one that draws some',
    );
  const exported = removeDeadCode(lowerForExport(optimise(graph)));
  const names = new Map<Value, string>();
  const taken = new Set([...exported.inputs.keys(), ...exported.outputs.keys()]);
  let bytes = 0;
  for (const [name, value] of [...exported.inputs]) {
    if (!name.startsWith(PARAM)) continue;
    const own = name.slice(PARAM.length);
    const { data } = await state.read(own);
    bytes += data.byteLength;
    if (bytes > LIMIT) throw tooLarge(program.name);
    exported.inputs.delete(name);
    // An initialiser with the name of an input would be that input's default value.
    names.set(value, taken.has(own) ? name : own);
    exported.constants.set(value, { data: data as ConstantArray, splat: false });
  }
  const model = onnx.ModelProto.decode(writeOnnx(exported, program.name, names));
  model.opsetImport = model.opsetImport.filter(({ domain }) => domain === '');
  return model;
}

/** Writes a model, whole or not at all. @throws InputError if it exceeds the format's 2 GiB. */
export async function writeModel(model: onnx.ModelProto, file: string): Promise<void> {
  const { name, initializer } = model.graph!;
  const bytes = initializer!.reduce((sum, { rawData }) => sum + (rawData?.length ?? 0), 0);
  if (bytes > LIMIT) throw tooLarge(name!);
  await writeAside(file, (handle) => handle.writeFile(onnx.ModelProto.encode(model).finish()));
}

function tooLarge(name: string): InputError {
  return new InputError(`export of "${name}"`, 'expected at most 2 GiB of weights, got more');
}
