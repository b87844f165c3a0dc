/** Published language models: reading, converting, saving. */
export { type LoadReport, loadModel } from './loadModel';
export { saveModel } from './saveModel';
export { type RecformerOptions, toRecformer } from './toRecformer';
export { encoderFolder } from './sentenceForm';
