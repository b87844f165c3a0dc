import { excerpt } from '../../errors';

/**
 * Reads one value in JSON's or Python's notation ({'asin': u'B1', 'title': "It's", 'price': nan, 'x': None}).
 * Python's is that of Amazon's and Steam's files of 2014; JSON comes here if JSON.parse refuses it (NaN)
 * or would round it (numbers of 16 digits and more, which stay text). Nothing is evaluated.
 *
 * A key that comes twice has its last value, unless it is one of `once`: keys of the outermost dictionary.
 * @throws SyntaxError that says what was expected where.
 */
export function parseLiteral(text: string, once: readonly string[] = []): unknown {
  const reader = new LiteralReader(text, once);
  const value = reader.value();
  reader.end();
  return value;
}

const ESCAPES: Record<string, string> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  v: '\v',
  a: '\x07',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '/': '/',
  '\n': '',
};
const WORDS: Record<string, boolean | null> = {
  True: true,
  False: false,
  None: null,
  true: true,
  false: false,
  null: null,
  NaN: null,
  nan: null,
  Infinity: null,
  inf: null,
};
const DEEPEST = 200;

class LiteralReader {
  private at = 0;
  private depth = 0;

  constructor(
    private readonly text: string,
    private readonly once: readonly string[],
  ) {}

  value(): unknown {
    this.space();
    const sign = this.text[this.at];
    if (sign === '{') return this.dictionary();
    if (sign === '[') return this.list(']');
    if (sign === '(') return this.list(')');
    if (sign === "'" || sign === '"' || /^[ub]['"]/.test(this.text.slice(this.at, this.at + 2)))
      return this.string();
    const word = this.match(/[-+]?[A-Za-z]+\b/y);
    if (word !== undefined && Object.hasOwn(WORDS, word.replace(/^[-+]/, '')))
      return WORDS[word.replace(/^[-+]/, '')];
    if (word !== undefined) this.at -= word.length;
    const number = this.match(/[-+]?(\d+\.?\d*([eE][-+]?\d+)?|\.\d+([eE][-+]?\d+)?)L?/y);
    if (number) return numberOrText(number.replace('L', ''));
    throw this.wrong('a value');
  }

  end(): void {
    this.space();
    if (this.at < this.text.length) throw this.wrong('the end');
  }

  private dictionary(): Record<string, unknown> {
    // Without a prototype, so that a key such as __proto__ is a key.
    const entries = Object.create(null) as Record<string, unknown>;
    this.items('}', () => {
      const key = String(this.value());
      if (this.depth === 1 && key in entries && this.once.includes(key))
        throw new SyntaxError(`expected one "${key}" in a record, got two`);
      this.sign(':');
      entries[key] = this.value();
    });
    return entries;
  }

  private list(close: string): unknown[] {
    const values: unknown[] = [];
    this.items(close, () => values.push(this.value()));
    return values;
  }

  private items(close: string, item: () => void): void {
    if (++this.depth > DEEPEST) throw this.wrong(`at most ${DEEPEST} levels`);
    this.at++;
    for (this.space(); this.text[this.at] !== close; this.space()) {
      item();
      this.space();
      if (this.text[this.at] !== close) this.sign(',');
    }
    this.at++;
    this.depth--;
  }

  private string(): string {
    if (this.text[this.at] !== "'" && this.text[this.at] !== '"') this.at++;
    const quote = this.text[this.at++];
    let value = '';
    for (; this.text[this.at] !== quote; this.at++) {
      if (this.at >= this.text.length) throw this.wrong(`the closing ${quote}`);
      value += this.text[this.at] === '\\' ? this.escape() : this.text[this.at];
    }
    this.at++;
    return value;
  }

  /**
   * At the backslash; leaves `at` on the last sign of the escape. An unknown one stands for itself, as in
   * Python.
   */
  private escape(): string {
    const sign = this.text[++this.at];
    const digits = { x: 2, u: 4, U: 8 }[sign];
    if (digits !== undefined) {
      const code = this.text.slice(this.at + 1, this.at + 1 + digits);
      if (!new RegExp(`^[0-9a-fA-F]{${digits}}$`).test(code) || parseInt(code, 16) > 0x10ffff)
        throw this.wrong(`${digits} hexadecimal digits of a character`);
      this.at += digits;
      return String.fromCodePoint(parseInt(code, 16));
    }
    return ESCAPES[sign] ?? `\\${sign ?? ''}`;
  }

  private sign(sign: string): void {
    this.space();
    if (this.text[this.at] !== sign) throw this.wrong(sign);
    this.at++;
  }

  private space(): void {
    this.match(/\s+/y);
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  private wrong(expected: string): SyntaxError {
    const got = this.text.slice(this.at, this.at + 20);
    return new SyntaxError(
      `expected ${expected} at character ${this.at + 1}, got ${got === '' ? 'the end' : excerpt(got)}`,
    );
  }
}

/** A number that a double does not hold exactly stays text: it may be an id. */
function numberOrText(digits: string): number | string {
  const value = Number(digits);
  return Math.abs(value) > Number.MAX_SAFE_INTEGER && !/e/i.test(digits) ? digits : value;
}
