/**
 * The part of ONNX Runtime's C interface that a session on the CPU needs, called in the library that
 * onnxruntime-node brings. onnxruntime-node copies every output into new memory when a run returns, even
 * outputs that were given memory. The copy takes a sixth of a step of a recommender with 12,000 items, and an
 * eighth of one of a language model of 37 M weights.
 *
 * Calls go through koffi. OrtApi is a table of functions to which each version only adds
 * (onnxruntime_c_api.h), so a function's place in it is part of the published interface.
 */
import { join, dirname } from 'node:path';
import { type Denormals, denormals } from './denormals';

/** Address of an object of the runtime. */
export type Handle = bigint;

/**
 * Version of OrtApi that is requested. Older versions have everything used here: later ones only add places
 * after it.
 */
const API_VERSION = 17;

/**
 * Arguments and result in koffi's notation; "out" is a place for a handle. Functions with a result return a
 * status, which is null on success.
 */
const FUNCTIONS = {
  CreateEnv: { place: 3, takes: ['int', 'str', 'out'] },
  CreateSessionFromArray: { place: 8, takes: ['void *', 'void *', 'size_t', 'void *', 'out'] },
  Run: { place: 9, takes: ['void *', 'void *', 'void *', 'void *', 'size_t', 'void *', 'size_t', 'void *'] },
  CreateSessionOptions: { place: 10, takes: ['out'] },
  EnableProfiling: { place: 14, takes: ['void *', 'str'] },
  DisableMemPattern: { place: 17, takes: ['void *'] },
  SetSessionLogSeverityLevel: { place: 22, takes: ['void *', 'int'] },
  SetSessionGraphOptimizationLevel: { place: 23, takes: ['void *', 'int'] },
  SetIntraOpNumThreads: { place: 24, takes: ['void *', 'int'] },
  SetInterOpNumThreads: { place: 25, takes: ['void *', 'int'] },
  CreateRunOptions: { place: 39, takes: ['out'] },
  RunOptionsSetRunLogSeverityLevel: { place: 41, takes: ['void *', 'int'] },
  CreateTensorWithDataAsOrtValue: {
    place: 49,
    takes: ['void *', 'void *', 'size_t', 'void *', 'size_t', 'int', 'out'],
  },
  CreateCpuMemoryInfo: { place: 69, takes: ['int', 'int', 'out'] },
  AddSessionConfigEntry: { place: 130, takes: ['void *', 'str', 'str'] },
} as const;
const RELEASES = {
  ReleaseStatus: 93,
  ReleaseSession: 95,
  ReleaseValue: 96,
  ReleaseSessionOptions: 100,
} as const;
const GET_ERROR_MESSAGE = 2;

type Functions = { [name in keyof typeof FUNCTIONS]: (...values: unknown[]) => Handle } & {
  [name in keyof typeof RELEASES]: (handle: Handle) => void;
};

export interface CInterface extends Functions, Denormals {
  /** Address of an array's memory, which stays where it is while the array lives. */
  addressOf(array: ArrayBufferView): bigint;
}

let loaded: Promise<CInterface | undefined> | undefined;

/** Undefined if koffi is not installed, or on platforms where this was not tried: anything but Linux. */
export function cInterface(): Promise<CInterface | undefined> {
  return (loaded ??=
    process.platform === 'linux' ? load().catch(() => undefined) : Promise.resolve(undefined));
}

/** Functions that throw the runtime's message, and return the handle of what they make. */
async function load(): Promise<CInterface> {
  const koffi = await import('koffi');
  const folder = join(
    dirname(require.resolve('onnxruntime-node/package.json')),
    'bin',
    'napi-v6',
    process.platform,
    process.arch,
  );
  const base = koffi
    .load(join(folder, 'libonnxruntime.so.1'))
    .func('OrtGetApiBase', 'void *', [])() as Handle;
  const [getApi] = koffi.decode(base, koffi.array('void *', 1)) as Handle[];
  const api = koffi.call(getApi, koffi.proto('void *', ['uint32_t']), API_VERSION) as Handle | null;
  if (api === null) throw new Error(`ONNX Runtime has no interface of version ${API_VERSION}`);
  const places = [
    ...Object.values(FUNCTIONS).map(({ place }) => place),
    ...Object.values(RELEASES),
    GET_ERROR_MESSAGE,
  ];
  const table = koffi.decode(api, koffi.array('void *', 1 + Math.max(...places))) as Handle[];
  const bound = (
    place: number,
    result: string,
    takes: readonly string[],
  ): ((...values: unknown[]) => unknown) => {
    const types = takes.map((type) => (type === 'out' ? koffi.out(koffi.pointer('void *')) : type));
    return koffi.decode(table[place], koffi.proto(result, types as string[])) as (
      ...values: unknown[]
    ) => unknown;
  };
  const getErrorMessage = bound(GET_ERROR_MESSAGE, 'str', ['void *']) as (status: Handle) => string;
  const releases = Object.fromEntries(
    Object.entries(RELEASES).map(([name, place]) => [name, bound(place, 'void', ['void *'])]),
  ) as Pick<Functions, keyof typeof RELEASES>;
  const functions = Object.fromEntries(
    Object.entries(FUNCTIONS).map(([name, { place, takes }]) => {
      const call = bound(place, 'void *', takes);
      const makes = (takes as readonly string[]).includes('out');
      return [
        name,
        (...values: unknown[]): Handle | undefined => {
          const made: [Handle | null] = [null];
          const status = (makes ? call(...values, made) : call(...values)) as Handle | null;
          if (status !== null) {
            const message = getErrorMessage(status);
            releases.ReleaseStatus(status);
            throw new Error(message);
          }
          return made[0] ?? undefined;
        },
      ];
    }),
  ) as unknown as Pick<Functions, keyof typeof FUNCTIONS>;
  return { ...functions, ...releases, ...(await denormals()), addressOf: (array) => koffi.address(array) };
}
