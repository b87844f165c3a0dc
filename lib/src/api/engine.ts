/** `elephant/engine`: programs in TensorFlow.js ops, compiled or eager; optimisers, state, ONNX export. */
export * from '../engine';
