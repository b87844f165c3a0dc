/** `elephant/engine`: training programs in TensorFlow.js ops, compiled or eager; optimisers, state, ONNX export. */
export * from '../engine';
