/**
 * Registers TensorFlow.js's gradients (import for its effect). The core package comes without them under Node.js; the union
 * package registers them when it is loaded. Nothing else of it is used.
 */
import '@tensorflow/tfjs';
import { enableProdMode } from '@tensorflow/tfjs-core';

// Keeps the CPU backend from greeting on standard error.
enableProdMode();
