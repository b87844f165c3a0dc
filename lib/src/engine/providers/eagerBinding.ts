/** TensorFlow's native library for the eager provider, if a package with it is installed. */
import { createRequire } from 'node:module';

const load = createRequire(__filename);

/** Loads it. False if none is installed, or if its library does not load here. */
export function loadEagerBinding(): boolean {
  return ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'].some((binding) => {
    try {
      // The package may be a stand-in of another name (an npm alias) without the native backend.
      const { name } = load(`${binding}/package.json`) as { name: string };
      if (name !== binding) return false;
      load(binding);
      return true;
    } catch {
      return false;
    }
  });
}
