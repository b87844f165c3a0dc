/** The engine's public face: what the other rooms and the notebooks import. */
export * from './types';
export { createEngine } from './engine';
export { MissingKernelError } from './trace/kernels/missing';
export { NonFiniteError, ProgramError } from './errors';
export { exportOnnx } from './exportOnnx';
export { benchEngine, type BenchOptions, type BenchResult } from './bench';
export { BENCH_SHAPES, ENCODER_SHAPES, encoderJob, transformerJob, type BenchJob } from './bench/jobs';
export * from './ops';
export * from './optimizers';
