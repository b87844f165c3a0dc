/** The name of the graphics card, for people and for keys of results. Loads no driver. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The card's name if the system tells it, or the software driver that the Vulkan loader was told to use. ONNX
 * Runtime does not say which adapter it chose.
 */
export function graphicsName(): string {
  const forced = process.env.VK_DRIVER_FILES ?? process.env.VK_ICD_FILENAMES;
  if (forced !== undefined) {
    const file = forced.split(/[/\\]/).pop() as string;
    return file.includes('swiftshader') ? 'SwiftShader' : `Vulkan driver ${file}`;
  }
  try {
    const folder = '/proc/driver/nvidia/gpus';
    const [first] = readdirSync(folder);
    const model = /^Model:\s*(.*)$/m.exec(readFileSync(join(folder, first, 'information'), 'utf8'));
    if (model !== null) return model[1];
  } catch {
    // Not Linux, or no NVIDIA driver: the name stays unknown.
  }
  return 'the system’s default adapter';
}
