/**
 * Writes a program and the weights it uses as one standard .onnx file that any ONNX runtime executes without
 * this library.
 */
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
 * Inputs and outputs keep the names and fixed shapes of the program; the state's tensors become initialisers.
 * The file appears whole or not at all. Throws InputError where the weights exceed the format's 2 GiB.
 */
export async function exportOnnx(program: Program, state: State, file: string): Promise<void> {
  const { graph, sites } = traceForward(program, state);
  if (sites.length > 0)
    throw new InputError(
      `export of "${program.name}"`,
      'expected a program without random numbers, got one that draws some',
    );
  const exported = removeDeadCode(lowerForExport(optimise(graph)));
  const names = new Map<Value, string>();
  let bytes = 0;
  for (const [name, value] of [...exported.inputs]) {
    if (!name.startsWith(PARAM)) continue;
    const { data } = await state.read(name.slice(PARAM.length));
    bytes += data.byteLength;
    if (bytes > LIMIT)
      throw new InputError(`export of "${program.name}"`, `expected at most 2 GiB of weights, got more`);
    exported.inputs.delete(name);
    names.set(value, name.slice(PARAM.length));
    exported.constants.set(value, { data: data as ConstantArray, splat: false });
  }
  await writeAside(file, (handle) => handle.writeFile(writeOnnx(exported, program.name, names)));
}
