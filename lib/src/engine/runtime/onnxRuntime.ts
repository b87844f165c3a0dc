/** ONNX Runtime, loaded only here, so that its telemetry is off before. */
import '../../privacy';
// eslint-disable-next-line no-restricted-imports
export * from 'onnxruntime-node';
