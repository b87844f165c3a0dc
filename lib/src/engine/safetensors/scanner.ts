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
  const scanner = new Scanner(text);
  const metadata = new Map<string, string>();
  const tensors = new Map<string, DeclaredTensor>();
  scanner.object('tensor name', (name) => {
    if (name === '__metadata__') scanner.object('metadata key', (key) => metadata.set(key, scanner.string()));
    else tensors.set(name, declaredTensor(scanner, name));
  });
  scanner.end();
  return { metadata, tensors };
}

function declaredTensor(scanner: Scanner, name: string): DeclaredTensor {
  let dtype: string | undefined;
  let shape: number[] | undefined;
  let offsets: number[] | undefined;
  scanner.object('field', (field) => {
    if (field === 'dtype') dtype = scanner.string();
    else if (field === 'shape') shape = scanner.integers();
    else if (field === 'data_offsets') offsets = scanner.integers();
    else
      scanner.fail(
        `dtype, shape or data_offsets for tensor ${JSON.stringify(name)} instead of ` +
          `${JSON.stringify(field)}`,
      );
  });
  if (dtype === undefined || shape === undefined || offsets?.length !== 2)
    return scanner.fail(`dtype, shape and two data_offsets for tensor ${JSON.stringify(name)}`);
  return { dtype, shape, begin: offsets[0], end: offsets[1] };
}

/** Takes one JSON value after the other from a text, of the kinds that a header may have. */
class Scanner {
  private at = 0;

  constructor(private readonly text: string) {}

  fail(expected: string): never {
    const { text, at } = this;
    const came = at < text.length ? JSON.stringify(text.slice(at, at + 12)) : 'the end of the header';
    throw new Error(`expected ${expected} at character ${at} of the header, got ${came}`);
  }

  string(): string {
    const { text } = this;
    this.skipSpace();
    if (text[this.at] !== '"') this.fail('a string');
    const from = this.at++;
    while (this.at < text.length && text[this.at] !== '"') this.at += text[this.at] === '\\' ? 2 : 1;
    if (this.at >= text.length) this.fail('the end of a string');
    this.at++;
    try {
      // The string alone: escapes and control characters by JSON's rules.
      return JSON.parse(text.slice(from, this.at)) as string;
    } catch {
      return this.failAt(from, 'a valid string');
    }
  }

  integers(): number[] {
    const values: number[] = [];
    this.need('[');
    if (this.accept(']')) return values;
    do values.push(this.integer());
    while (this.accept(','));
    this.need(']');
    return values;
  }

  /**
   * Calls `member` with each key of an object, after checking that the key is new and harmless; `member`
   * takes the value. `kind`: what a key is called.
   */
  object(kind: string, member: (key: string) => void): void {
    const seen = new Set<string>();
    this.need('{');
    if (this.accept('}')) return;
    do {
      this.skipSpace();
      const from = this.at;
      const key = this.string();
      if (key === '__proto__') this.failAt(from, `a ${kind} that is not __proto__`);
      if (seen.has(key)) this.failAt(from, `a ${kind} that did not occur before`);
      seen.add(key);
      this.need(':');
      member(key);
    } while (this.accept(','));
    this.need('}');
  }

  end(): void {
    this.skipSpace();
    if (this.at < this.text.length) this.fail('nothing but white space');
  }

  private integer(): number {
    const { text } = this;
    this.skipSpace();
    const from = this.at;
    while (text[this.at] >= '0' && text[this.at] <= '9' && this.at - from < 17) this.at++;
    const digits = text.slice(from, this.at);
    const value = Number(digits);
    if (digits === '' || (digits.length > 1 && digits[0] === '0') || !Number.isSafeInteger(value))
      this.failAt(from, 'a whole number below 2^53');
    return value;
  }

  private need(mark: string): void {
    if (!this.accept(mark)) this.fail(`"${mark}"`);
  }

  private accept(mark: string): boolean {
    this.skipSpace();
    if (this.text[this.at] !== mark) return false;
    this.at++;
    return true;
  }

  private skipSpace(): void {
    while (this.at < this.text.length && ' \t\n\r'.includes(this.text[this.at])) this.at++;
  }

  private failAt(at: number, expected: string): never {
    this.at = at;
    return this.fail(expected);
  }
}
