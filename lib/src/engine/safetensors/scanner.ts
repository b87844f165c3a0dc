/**
 * A strict scanner for the JSON header of a safetensors file: one object of tensor entries and string
 * metadata, nothing else.
 *
 * JSON.parse is not used because it silently drops duplicate names, rounds integers beyond 2^53 and accepts
 * any depth. The scanner allocates no more than the given text holds.
 */

/** A tensor as the header declares it, before any check against the file. */
export interface DeclaredTensor {
  dtype: string;
  shape: number[];
  begin: number;
  end: number;
}

export interface DeclaredHeader {
  metadata: Map<string, string>;
  tensors: Map<string, DeclaredTensor>;
}

/**
 * Reads the header's text. Throws a plain Error with the position of the first thing that does not belong.
 */
export function scanSafetensorsHeader(text: string): DeclaredHeader {
  let at = 0;
  const fail = (expected: string): never => {
    const came = at < text.length ? JSON.stringify(text.slice(at, at + 12)) : 'the end of the header';
    throw new Error(`expected ${expected} at character ${at} of the header, got ${came}`);
  };
  const skip = (): void => {
    while (at < text.length && ' \t\n\r'.includes(text[at])) at++;
  };
  const accept = (mark: string): boolean => {
    skip();
    if (text[at] !== mark) return false;
    at++;
    return true;
  };
  const need = (mark: string): void => {
    if (!accept(mark)) fail(`"${mark}"`);
  };

  const string = (): string => {
    skip();
    if (text[at] !== '"') fail('a string');
    const from = at++;
    while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
    if (at >= text.length) fail('the end of a string');
    at++;
    try {
      // the string alone: escapes and control characters by JSON's rules
      return JSON.parse(text.slice(from, at)) as string;
    } catch {
      at = from;
      return fail('a valid string');
    }
  };

  const integer = (): number => {
    skip();
    const from = at;
    while (at < text.length && text[at] >= '0' && text[at] <= '9' && at - from < 17) at++;
    const digits = text.slice(from, at);
    const value = Number(digits);
    if (digits === '' || (digits.length > 1 && digits[0] === '0') || !Number.isSafeInteger(value)) {
      at = from;
      fail('a whole number below 2^53');
    }
    return value;
  };

  const list = (): number[] => {
    const values: number[] = [];
    need('[');
    if (accept(']')) return values;
    do values.push(integer());
    while (accept(','));
    need(']');
    return values;
  };

  /** Calls `member` with each key of an object, after checking that the key is new and harmless. */
  const object = (kind: string, member: (key: string) => void): void => {
    const seen = new Set<string>();
    need('{');
    if (accept('}')) return;
    do {
      skip();
      const from = at;
      const key = string();
      if (key === '__proto__' || seen.has(key)) {
        at = from;
        fail(key === '__proto__' ? `a ${kind} that is not __proto__` : `a ${kind} that did not occur before`);
      }
      seen.add(key);
      need(':');
      member(key);
    } while (accept(','));
    need('}');
  };

  const metadata = new Map<string, string>();
  const tensors = new Map<string, DeclaredTensor>();
  object('tensor name', (name) => {
    if (name === '__metadata__') {
      object('metadata key', (key) => metadata.set(key, string()));
      return;
    }
    let dtype: string | undefined;
    let shape: number[] | undefined;
    let offsets: number[] | undefined;
    object('field', (field) => {
      if (field === 'dtype') dtype = string();
      else if (field === 'shape') shape = list();
      else if (field === 'data_offsets') offsets = list();
      else
        fail(
          `dtype, shape or data_offsets for tensor ${JSON.stringify(name)} instead of ` +
            `${JSON.stringify(field)}`,
        );
    });
    if (dtype === undefined || shape === undefined || offsets?.length !== 2) {
      return fail(`dtype, shape and two data_offsets for tensor ${JSON.stringify(name)}`);
    }
    tensors.set(name, { dtype, shape, begin: offsets[0], end: offsets[1] });
  });
  skip();
  if (at < text.length) fail('nothing but white space');
  return { metadata, tensors };
}
