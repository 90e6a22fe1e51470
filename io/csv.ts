/**
 * Reads tables of numbers as text with separators (CSV): a line for each row, quoted fields or plain ones.
 *
 * See https://www.rfc-editor.org/rfc/rfc4180 for its description.
 *
 * @module
 */

import { FileFormatError } from "../core/base/errors.ts";
import { Tensor } from "../core/runtime/tensor.ts";
import { decoded, type FileSource } from "./files.ts";
import { checkOptions } from "../core/base/options.ts";
import { shown } from "./strict_json.ts";

/** How to read a table. */
export interface CsvOptions {
  /**
   * Whether the first row has the names of the columns, which it has unless said otherwise. A first row
   * of nothing but numbers needs to be told.
   */
  readonly header?: boolean;
  /** What is between two fields: a comma unless said otherwise. */
  readonly separator?: string;
  /** The columns to take, by name or position from 0, in this order; all of them unless said otherwise. */
  readonly columns?: readonly (string | number)[];
  /** What stands for a missing value, beside a field with nothing in it: NA, N/A, NaN, null and the like. */
  readonly missing?: readonly string[];
  /** Type of the elements: float32 unless said otherwise. */
  readonly dtype?: "float32" | "float64";
}

/** A table of numbers. */
export interface CsvTable {
  /** The numbers, of shape `[rows, columns]`; those that are missing are NaN. */
  readonly values: Tensor<"float32" | "float64">;
  /** The names of the columns, or null where the file has none. */
  readonly names: readonly string[] | null;
}

/** What is said in messages of what cannot be read. */
const WHAT = "CSV file";

/** The most bytes of a file: engines have no longer texts. */
const MOST = 2 ** 29 - 32;

const MISSING = ["NA", "N/A", "NaN", "nan", "null", "NULL", "None"];

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const INFINITE = /^([+-]?)inf(?:inity)?$/i;

/** A row of the text, and the line on which it starts, from 1. */
interface Row {
  readonly line: number;
  readonly fields: readonly string[];
}

function wrong(detail: string, line?: number, place = ""): FileFormatError {
  return line === undefined
    ? new FileFormatError(WHAT, detail)
    : new FileFormatError(WHAT, `${detail}, at line ${line}${place}`, { part: `line ${line}` });
}

/** The rows of a text. Lines with nothing on them are none. */
function* rowsOf(text: string, separator: string): Generator<Row> {
  const plain = new RegExp(`[^${separator.replace(/[\\\]^-]/g, "\\$&")}\r\n]*`, "y");
  let at = 0, line = 1;
  /** Goes over the end of a line, and says whether one was there. */
  const endsLine = (): boolean => {
    if (text[at] !== "\r" && text[at] !== "\n") return false;
    at += text.startsWith("\r\n", at) ? 2 : 1;
    return true;
  };
  while (at < text.length) {
    if (endsLine()) {
      line++;
      continue;
    }
    const fields: string[] = [], first = line;
    while (true) {
      if (text[at] === '"') {
        const start = at + 1, from = line;
        for (at = start;; at += 2) {
          at = text.indexOf('"', at);
          const place = `, column ${fields.length + 1}`;
          if (at < 0) throw wrong("a quoted field has no end", from, place);
          if (text[at + 1] !== '"') break;
        }
        const quoted = text.slice(start, at++);
        fields.push(quoted.replaceAll('""', '"'));
        line += quoted.match(/\r\n?|\n/g)?.length ?? 0;
      } else {
        plain.lastIndex = at;
        const [field] = plain.exec(text)!;
        fields.push(field);
        at += field.length;
      }
      if (text[at] === separator) {
        at++;
        continue;
      }
      const got = text[at];
      if (got === undefined || endsLine()) break;
      throw wrong(
        `expected ${shown(separator)} or the end of the line after a quoted field, got ${
          shown(got)
        }`,
        line,
        `, column ${fields.length}`,
      );
    }
    yield { line: first, fields };
    line++;
  }
}

/** The number of a field, or undefined. */
function numberOf(field: string, missing: ReadonlySet<string>): number | undefined {
  const text = field.trim();
  if (NUMBER.test(text)) return Number(text);
  if (text === "" || missing.has(text)) return NaN;
  const infinite = INFINITE.exec(text);
  return infinite === null ? undefined : infinite[1] === "-" ? -Infinity : Infinity;
}

/** The positions of the columns to take. */
function positionsOf(
  columns: readonly (string | number)[] | undefined,
  names: readonly string[] | null,
  width: number,
): number[] {
  if (columns === undefined) return Array.from({ length: width }, (_, i) => i);
  return columns.map((column) => {
    if (typeof column === "number") {
      if (Number.isInteger(column) && column >= 0 && column < width) return column;
      throw wrong(`it has ${width} columns, and column ${column} (from 0) is asked for`);
    }
    if (names === null) {
      throw wrong(`column ${shown(column)} is asked for, and it is said to have no header`);
    }
    const at = names.indexOf(column);
    if (at < 0) {
      throw wrong(`it has no column ${shown(column)}; its columns are ${shown(names)}`);
    }
    if (names.includes(column, at + 1)) {
      throw wrong(`it has two columns ${shown(column)}; ask for one by its position`);
    }
    return at;
  });
}

/**
 * Reads a table of numbers from its text, or from the text's bytes in UTF-8.
 *
 * Throws a FileFormatError that names line and column where a field is no number, a row is too short or
 * too long, or a quoted field has no end.
 *
 * @param source The contents of the file.
 * @param options Header, separator, columns to take, missing values, type of the elements.
 * @returns The numbers and the names of the columns.
 *
 * @example
 * ```ts
 * import { io } from "@croton/croton";
 *
 * const text = 'city,high,"low, at night"\nOslo,3.5,-2\nRome,17,\n';
 * const { values, names } = io.decodeCsv(text, { columns: ["high", "low, at night"] });
 * console.assert(values.shape.join() === "2,2" && names?.[0] === "high");
 * ```
 */
export function decodeCsv(
  source: string | Uint8Array<ArrayBuffer>,
  options: CsvOptions = {},
): CsvTable {
  const { header, separator = ",", columns, missing = MISSING, dtype = "float32" } = checkOptions(
    "Cannot read a CSV file",
    options,
    { header: "boolean", separator: "any", columns: "any", missing: "any", dtype: "any" },
  );
  if (typeof separator !== "string" || separator.length !== 1 || /["\r\n]/.test(separator)) {
    throw new TypeError(
      `Cannot read a CSV file: expected one character as separator, got ${shown(separator)}`,
    );
  }
  if (dtype !== "float32" && dtype !== "float64") {
    throw new TypeError(
      `Cannot read a CSV file: expected "float32" or "float64" as dtype, got ${shown(dtype)}`,
    );
  }
  const known = new Set(missing), isNumber = (field: string) => numberOf(field, known);
  const rows = rowsOf(textOf(source), separator);
  let names: readonly string[] | null = null, width = -1, positions: number[] = [];
  const start = ({ fields }: Row) => {
    width = fields.length;
    positions = positionsOf(columns, names, width);
  };
  const numbers: number[] = [];
  if (header ?? true) {
    const { value: first, done } = rows.next();
    if (done) throw wrong("expected a row of names, got nothing");
    if (header === undefined && first.fields.every((field) => isNumber(field) !== undefined)) {
      throw wrong(
        "its first row has numbers alone: say with { header } whether they are names",
        first.line,
      );
    }
    names = first.fields.map((name) => name.trim());
    start(first);
  }
  for (const row of rows) {
    if (width < 0) start(row);
    const { line, fields } = row;
    if (fields.length !== width) {
      throw wrong(`expected ${width} fields, got ${fields.length}`, line);
    }
    for (const at of positions) {
      const number = isNumber(fields[at]!);
      if (number === undefined) {
        const name = names === null ? "" : ` (${shown(names[at])})`;
        throw wrong(
          `expected a number, got ${shown(fields[at])}`,
          line,
          `, column ${at + 1}${name}`,
        );
      }
      numbers.push(number);
    }
  }
  if (width < 0) throw wrong("expected rows of numbers, got nothing");
  const shape = [positions.length === 0 ? 0 : numbers.length / positions.length, positions.length];
  return {
    values: dtype === "float32"
      ? new Tensor(dtype, shape, Float32Array.from(numbers))
      : new Tensor(dtype, shape, Float64Array.from(numbers)),
    names: names && positions.map((at) => names[at]!),
  };
}

function textOf(source: string | Uint8Array<ArrayBuffer>): string {
  // A text keeps the mark of byte order that a decoder takes away.
  if (typeof source === "string") return source.replace(/^\ufeff/, "");
  if (!ArrayBuffer.isView(source)) {
    throw new TypeError(
      `Cannot read a CSV file: expected its text, or its bytes in a Uint8Array, got ${
        shown(source)
      }`,
    );
  }
  if (source.length > MOST) throw wrong(`expected at most ${MOST} bytes, got ${source.length}`);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(source);
  } catch (cause) {
    throw new FileFormatError(WHAT, "it is not in UTF-8", { cause });
  }
}

/**
 * Reads a table of numbers from a CSV file in UTF-8.
 *
 * Throws a FileError if it cannot be read, and a FileFormatError that names line and column where it is
 * no such table.
 *
 * @param source The file, or its bytes.
 * @param options Header, separator, columns to take, missing values, type of the elements.
 *
 * @example
 * ```ts ignore
 * import { io } from "@croton/croton";
 *
 * const { values } = await io.loadCsv("iris.csv", { columns: ["petal length", "petal width"] });
 * ```
 */
export async function loadCsv(source: FileSource, options: CsvOptions = {}): Promise<CsvTable> {
  return await decoded(source, (bytes) => decodeCsv(bytes, options), MOST);
}
