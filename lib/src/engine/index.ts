/** The engine's public face: what the other rooms and the notebooks import. */
export * from './types';
export { createEngine } from './engine';
export { MissingKernelError } from './trace/kernels/missing';
export { NonFiniteError, ProgramError } from './errors';
export { exportOnnx } from './exportOnnx';
export * from './ops';
export * from './optimizers';
