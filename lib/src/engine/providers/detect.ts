/**
 * Which providers work on this machine, for `elephant doctor` and messages. Takes at most three seconds and
 * never ends the caller: drivers are only loaded in a child process. It measures nothing; choose.ts does.
 */
import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { packageVersion } from '../../project';
import { graphicsName } from './graphicsName';
import { probeProvider, type Probe } from './probe';

export interface ProviderReport {
  /**
   * cpu, webgpu and cuda run compiled programs; tfjs-node-gpu and tfjs are backends of the eager provider.
   */
  provider: 'cpu' | 'webgpu' | 'cuda' | 'tfjs-node-gpu' | 'tfjs';
  available: boolean;
  /** Versions and device, as far as they can be known. */
  detail: string;
  /** Why it is not available, and what would make it available. */
  reason?: string;
}

/** Reports every provider, in the order of `ProviderReport`. Each has `timeoutMs` to answer. Never throws. */
export async function detectProviders(timeoutMs = 2500): Promise<ProviderReport[]> {
  const runtime = `onnxruntime-node ${packageVersion('onnxruntime-node') ?? 'absent'}`;
  const [cpu, webgpu, cuda] = await Promise.all([
    probeProvider('cpu', { timeoutMs }),
    probeProvider('webgpu', { timeoutMs }),
    cudaLibrary() === undefined ? undefined : probeProvider('cuda', { timeoutMs }),
  ]);
  return [
    report(
      'cpu',
      `${runtime}, ${availableParallelism()} cores, ${cpus()[0]?.model ?? 'unknown processor'}`,
      cpu,
    ),
    report(
      'webgpu',
      `${runtime}, ${graphicsName()}`,
      webgpu,
      'A GPU with a Vulkan, Metal or Direct3D 12 driver is needed, and on Linux libvulkan1',
    ),
    cuda === undefined
      ? {
          provider: 'cuda',
          available: false,
          detail: runtime,
          reason:
            'onnxruntime-node is installed without its CUDA library. On x64 Linux with CUDA 12: node ' +
            'node_modules/onnxruntime-node/script/install.js --onnxruntime-node-install=cuda12',
        }
      : report(
          'cuda',
          `${runtime}, ${graphicsName()}`,
          cuda,
          'CUDA 12 and cuDNN 9 must be where the loader finds them',
        ),
    installed(
      'tfjs-node-gpu',
      '@tensorflow/tfjs-node-gpu',
      'it is optional, and its download was skipped or failed at npm ci (it needs CUDA 11 and Node.js < 23)',
    ),
    installed('tfjs', '@tensorflow/tfjs-backend-cpu', 'run npm ci'),
  ];
}

function report(
  provider: ProviderReport['provider'],
  detail: string,
  probe: Probe,
  advice?: string,
): ProviderReport {
  if (probe.works) return { provider, available: true, detail };
  return {
    provider,
    available: false,
    detail,
    reason: `${probe.reason ?? 'unknown'}${advice === undefined ? '' : `. ${advice}`}`,
  };
}

/** A package counts as available if its files are whole; loading it here could end the process. */
function installed(provider: 'tfjs-node-gpu' | 'tfjs', name: string, advice: string): ProviderReport {
  const version = packageVersion(name);
  if (version === undefined)
    return { provider, available: false, detail: name, reason: `${name} is not installed; ${advice}` };
  if (provider === 'tfjs-node-gpu') {
    const lib = join(dirname(require.resolve(`${name}/package.json`)), 'lib');
    const bound =
      existsSync(lib) &&
      readdirSync(lib).some((folder) => existsSync(join(lib, folder, 'tfjs_binding.node')));
    if (!bound)
      return {
        provider,
        available: false,
        detail: `${name} ${version}`,
        reason: `its native part is missing: ${advice}`,
      };
  }
  return { provider, available: true, detail: `${name} ${version}, eager` };
}

/** The CUDA provider's library beside ONNX Runtime's own, or undefined. */
function cudaLibrary(): string | undefined {
  try {
    const folder = join(
      dirname(require.resolve('onnxruntime-node/package.json')),
      'bin',
      'napi-v6',
      process.platform,
      process.arch,
    );
    return readdirSync(folder).find((name) => name.includes('onnxruntime_providers_cuda'));
  } catch {
    return undefined;
  }
}
