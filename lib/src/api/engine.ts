/**
 * Programs in TensorFlow.js ops, compiled or eager; optimisers, state, ONNX export.
 *
 * @module elephant/engine
 */
export * from '../engine';
