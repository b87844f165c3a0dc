/**
 * Collects the output of one cell while it runs: merges streams, replaces displays that are updated in place,
 * and limits the size. Pure; runNotebook.ts passes it the kernel's messages.
 */
import type { CellOutput, DisplayOutput, JSONObject, MimeBundle } from './format';

export interface OutputLimits {
  /** Characters of printed text kept in the notebook, per cell. The rest is cut, and a line says so. */
  readonly keptText: number;
  /** Characters, printed or displayed, at which a runaway cell is stopped. */
  readonly total: number;
}

export const defaultOutputLimits: OutputLimits = { keptText: 64 * 1024, total: 16 * 2 ** 20 };

export class OutputCollector {
  readonly outputs: CellOutput[] = [];
  /** Characters seen so far. Displays that replace one another count once. */
  total = 0;
  private printed = 0;
  private readonly sizes = new Map<DisplayOutput, number>();

  /**
   * `displays` maps display ids to outputs over all cells of a notebook, since a cell may update another's
   * display.
   */
  constructor(
    private readonly displays: Map<string, DisplayOutput>,
    private readonly limits: OutputLimits = defaultOutputLimits,
  ) {}

  /** True once the cell has put out more than it may. */
  get excessive(): boolean {
    return this.total > this.limits.total;
  }

  stream(name: 'stdout' | 'stderr', text: string): void {
    this.total += text.length;
    const room = Math.max(0, this.limits.keptText - this.printed);
    this.printed += text.length;
    if (room > 0) this.append(name, text.slice(0, room));
  }

  display(
    content: { data: MimeBundle; metadata?: JSONObject; transient?: { display_id?: string } },
    update: boolean,
  ): void {
    const id = content.transient?.display_id;
    const present = id === undefined ? undefined : this.displays.get(id);
    const output =
      update && present !== undefined
        ? present
        : ({ output_type: 'display_data', data: {}, metadata: {} } as DisplayOutput);
    output.data = content.data;
    output.metadata = content.metadata ?? {};
    const size = JSON.stringify(content.data).length;
    this.total += size - (this.sizes.get(output) ?? 0);
    this.sizes.set(output, size);
    if (output === present) return;
    this.outputs.push(output);
    if (id !== undefined) this.displays.set(id, output);
  }

  fault(name: string, message: string, details: string): void {
    this.outputs.push({
      output_type: 'error',
      ename: name,
      evalue: message,
      traceback: details === '' ? [] : details.split('\n'),
    });
  }

  /** Call it when the cell has ended: drops empty displays, and adds the note on what was cut. */
  finish(): void {
    const kept = this.outputs.filter((output) => !isEmpty(output));
    this.outputs.splice(0, this.outputs.length, ...kept);
    if (this.printed <= this.limits.keptText) return;
    this.append(
      'stderr',
      `\n[cut here: the cell printed ${this.printed} characters, the notebook keeps the first ` +
        `${this.limits.keptText}]\n`,
    );
  }

  private append(name: 'stdout' | 'stderr', text: string): void {
    const last = this.outputs.at(-1);
    if (last?.output_type === 'stream' && last.name === name) last.text += text;
    else this.outputs.push({ output_type: 'stream', name, text });
  }
}

/** A display that was only useful while the cell ran. */
function isEmpty(output: CellOutput): boolean {
  return output.output_type === 'display_data' && Object.values(output.data).every((form) => form === '');
}
