/** Reads and checks an .ipynb file. A file that is not a notebook of format 4 is named and left untouched. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { InputError } from '../../errors';
import type { Cell, CellOutput, JSONObject, JSONValue, Notebook } from './format';

/** Larger files are not ours: the runner limits the size of a notebook. */
const MAX_BYTES = 64 * 2 ** 20;

export function readNotebook(file: string): Notebook {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new InputError(file, `the notebook cannot be read (${(cause as Error).message})`, undefined, {
      cause,
    });
  }
  if (text.length > MAX_BYTES)
    throw new InputError(file, `expected a notebook of at most ${MAX_BYTES} bytes, got ${text.length}`);
  return parseNotebook(text, basename(file));
}

/** Parses a notebook's text; `name` is for messages. */
function parseNotebook(text: string, name: string): Notebook {
  let json: JSONValue;
  try {
    json = JSON.parse(text) as JSONValue;
  } catch (cause) {
    throw new InputError(
      name,
      `not valid JSON (${(cause as Error).message})`,
      'Nothing was changed; restore the file from git or repair it',
      { cause },
    );
  }
  if (!isObject(json) || !Array.isArray(json.cells)) {
    const version = isObject(json) ? json.nbformat : undefined;
    throw new InputError(
      name,
      'expected a notebook of format 4 with "cells", got ' +
        `${version === undefined ? 'no notebook' : `format ${String(version)}`}`,
      'Open and save it once in JupyterLab to convert it',
    );
  }
  if (json.nbformat !== 4)
    throw new InputError(
      name,
      `expected notebook format 4, got ${JSON.stringify(json.nbformat ?? null)}`,
      'Open and save it once in JupyterLab to convert it',
    );
  return {
    metadata: isObject(json.metadata) ? json.metadata : {},
    cells: json.cells.map((cell, i) => parseCell(cell, i, name)),
  };
}

function parseCell(cell: JSONValue, index: number, name: string): Cell {
  const where = `${name}, cell ${index + 1}`;
  if (!isObject(cell)) throw new InputError(where, 'expected an object');
  const { cell_type, metadata } = cell;
  if (cell_type !== 'code' && cell_type !== 'markdown' && cell_type !== 'raw') {
    throw new InputError(
      where,
      `expected cell_type code, markdown or raw, got ${JSON.stringify(cell_type ?? null)}`,
    );
  }
  const common = {
    id: typeof cell.id === 'string' ? cell.id : `cell-${index + 1}`,
    metadata: isObject(metadata) ? metadata : {},
    source: joined(cell.source, `${where}, source`),
  };
  if (cell_type !== 'code') return { cell_type, ...common };
  const outputs = Array.isArray(cell.outputs) ? cell.outputs.map((output) => parseOutput(output, where)) : [];
  return {
    cell_type,
    ...common,
    outputs,
    execution_count: typeof cell.execution_count === 'number' ? cell.execution_count : null,
  };
}

function parseOutput(output: JSONValue, where: string): CellOutput {
  if (!isObject(output)) throw new InputError(`${where}, outputs`, 'expected objects');
  if (output.output_type === 'stream') {
    return {
      output_type: 'stream',
      name: output.name === 'stderr' ? 'stderr' : 'stdout',
      text: joined(output.text, `${where}, outputs`),
    };
  }
  if (output.output_type === 'error') {
    const traceback = Array.isArray(output.traceback) ? output.traceback.map(String) : [];
    return { output_type: 'error', ename: String(output.ename), evalue: String(output.evalue), traceback };
  }
  const data = isObject(output.data) ? output.data : {};
  const bundle = Object.fromEntries(
    Object.entries(data).map(([mime, value]) => [mime, isLines(value) ? value.join('') : value]),
  );
  return {
    output_type: 'display_data',
    data: bundle,
    metadata: isObject(output.metadata) ? output.metadata : {},
  };
}

function joined(value: JSONValue | undefined, where: string): string {
  if (typeof value === 'string') return value;
  if (isLines(value)) return value.join('');
  throw new InputError(where, 'expected text or a list of lines');
}

function isLines(value: JSONValue | undefined): value is string[] {
  return Array.isArray(value) && value.every((line) => typeof line === 'string');
}

function isObject(value: JSONValue | undefined): value is JSONObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
