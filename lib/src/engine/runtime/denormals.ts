/**
 * Makes the processor treat numbers below 1.2e-38 ("denormal") as zero while a session runs. An Intel core is
 * far slower at an operation that reads or produces such a number, and a softmax over masked scores produces
 * one for every masked pair, on the way to exp(-1e9).
 *
 * The setting belongs to a thread and would apply to JavaScript's own numbers (`Number.MIN_VALUE` would be
 * 0), so it holds for the call alone. Threads that the runtime starts for a session have the setting of that
 * session's options.
 */

/** Bytes of `fenv_t` on x86-64, with room to spare, and the offset of MXCSR in it. */
const [ENVIRONMENT_BYTES, MXCSR] = [64, 28];
/** Floating-point exceptions masked, as in every Node process. This value confirms the offset of MXCSR. */
const MASKED_EXCEPTIONS = 0x1f80;
/** Denormal results become zero, and so do denormal operands. */
const FLUSH = 0x8040;

export interface Denormals {
  /** Calls `action` with denormal numbers treated as zero, and restores the thread's setting. */
  flushed<T>(action: () => T): T;
}

/** Uses the C library of Linux on x86-64. Elsewhere `flushed` only calls the action. */
export async function denormals(): Promise<Denormals> {
  const asTheyAre: Denormals = { flushed: (action) => action() };
  if (process.platform !== 'linux' || process.arch !== 'x64') return asTheyAre;
  const koffi = await import('koffi');
  const library = koffi.load('libm.so.6');
  const read = library.func('fegetenv', 'int', ['void *']);
  const write = library.func('fesetenv', 'int', ['void *']);
  const before = Buffer.alloc(ENVIRONMENT_BYTES);
  read(before);
  if ((before.readUInt32LE(MXCSR) & MASKED_EXCEPTIONS) !== MASKED_EXCEPTIONS) return asTheyAre;
  return {
    flushed(action) {
      const [before, during] = [Buffer.alloc(ENVIRONMENT_BYTES), Buffer.alloc(ENVIRONMENT_BYTES)];
      read(before);
      before.copy(during);
      during.writeUInt32LE((before.readUInt32LE(MXCSR) | FLUSH) >>> 0, MXCSR);
      write(during);
      try {
        return action();
      } finally {
        write(before);
      }
    },
  };
}
