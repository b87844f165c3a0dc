/** ONNX Runtime, loaded only here, after its telemetry has been turned off. */
import '../../privacy';
// eslint-disable-next-line no-restricted-imports
export * from 'onnxruntime-node';
