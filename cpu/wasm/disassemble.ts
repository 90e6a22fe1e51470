/**
 * The functions of a module as text, for people: one instruction a line, as in the text format of WebAssembly.
 *
 * @module
 */

import { ATOMIC_OPCODES, MEMORY_OPCODES, SCALAR_OPCODES } from "./opcodes.ts";
import {
  RELAXED_OPCODES,
  SIMD_LANE_MEMORY_OPCODES,
  SIMD_LANE_OPCODES,
  SIMD_MEMORY_OPCODES,
  SIMD_OPCODES,
} from "./opcodes_simd.ts";
import { VAL_TYPE_CODES } from "./types.ts";

/** What follows an opcode. */
type Operands = "none" | "memory" | "lane" | "memory lane" | "bytes" | "lanes" | "zeros";

interface Instruction {
  readonly name: string;
  readonly operands: Operands;
  /** Of loads and stores: the power of two that they are aligned to if they say nothing. */
  readonly align?: number;
  /** Zero bytes that follow. */
  readonly zeros?: number;
}

interface Signature {
  readonly params: readonly string[];
  readonly results: readonly string[];
}

/** The name of an instruction as in texts: `i32.load8_u` for `i32Load8U`. */
function textName(method: string): string {
  const [, type, rest] = /^([if]\d+(?:x\d+)?|v128|memory)?(.*)$/.exec(method)!;
  const words = rest!.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    .replace(/^_/, "").replace(/^atomic_(rmw_)?/, (_, rmw) => rmw ? "atomic.rmw." : "atomic.");
  return type === undefined ? words : `${type}.${words}`;
}

function makeTable(): ReadonlyMap<number, Instruction> {
  const table = new Map<number, Instruction>();
  type Row = readonly [code: number, signature: string, ...numbers: number[]];
  const add = (rows: object, operands: Operands, prefix = 0) => {
    for (const [method, [code, , align]] of Object.entries(rows) as [string, Row][]) {
      const instruction = { name: textName(method), operands };
      table.set(prefix | code, align === undefined ? instruction : { ...instruction, align });
    }
  };
  const vector = 0xfd_0000;
  add(SCALAR_OPCODES, "none");
  add(MEMORY_OPCODES, "memory");
  add(ATOMIC_OPCODES, "memory");
  add({ ...SIMD_OPCODES, ...RELAXED_OPCODES }, "none", vector);
  add(SIMD_MEMORY_OPCODES, "memory", vector);
  add(SIMD_LANE_OPCODES, "lane", vector);
  add(SIMD_LANE_MEMORY_OPCODES, "memory lane", vector);
  table.set(vector | 0x0c, { name: "v128.const i8x16", operands: "bytes" });
  table.set(vector | 0x0d, { name: "i8x16.shuffle", operands: "lanes" });
  table.set(0x00, { name: "unreachable", operands: "none" });
  table.set(0x01, { name: "nop", operands: "none" });
  table.set(0x0f, { name: "return", operands: "none" });
  table.set(0x1a, { name: "drop", operands: "none" });
  table.set(0x1b, { name: "select", operands: "none" });
  table.set(0x3f, { name: "memory.size", operands: "zeros", zeros: 1 });
  table.set(0x40, { name: "memory.grow", operands: "zeros", zeros: 1 });
  table.set(0xfc_000a, { name: "memory.copy", operands: "zeros", zeros: 2 });
  table.set(0xfc_000b, { name: "memory.fill", operands: "zeros", zeros: 1 });
  table.set(0xfe_0003, { name: "atomic.fence", operands: "zeros", zeros: 1 });
  return table;
}

let table: ReadonlyMap<number, Instruction> | null = null;

const types: ReadonlyMap<number, string> = new Map(
  Object.entries(VAL_TYPE_CODES).map(([name, code]) => [code, name]),
);

/** Instructions with a number of what they refer to. */
const REFERRING: Readonly<Record<number, string>> = {
  0x0c: "br",
  0x0d: "br_if",
  0x20: "local.get",
  0x21: "local.set",
  0x22: "local.tee",
  0x23: "global.get",
  0x24: "global.set",
};

const BLOCKS: Readonly<Record<number, string>> = { 0x02: "block", 0x03: "loop", 0x04: "if" };

/** Reads the bytes of a module one after the other. */
class Reader {
  readonly #view: DataView;
  at: number;
  readonly end: number;

  constructor(view: DataView, at = 0, end: number = view.byteLength) {
    this.#view = view;
    this.at = at;
    this.end = end;
  }

  u8(): number {
    return this.#view.getUint8(this.at++);
  }

  u32(): number {
    return Number(this.#leb(false));
  }

  s64(): bigint {
    return this.#leb(true);
  }

  #leb(signed: boolean): bigint {
    let value = 0n, shift = 0n;
    for (;;) {
      const byte = this.u8();
      value |= BigInt(byte & 0x7f) << shift;
      shift += 7n;
      if (byte < 0x80) return signed ? BigInt.asIntN(Number(shift), value) : value;
    }
  }

  float(bytes: 4 | 8): string {
    const value = bytes === 4
      ? this.#view.getFloat32(this.at, true)
      : this.#view.getFloat64(this.at, true);
    this.at += bytes;
    if (Number.isNaN(value)) return "nan";
    if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
    return Object.is(value, -0) ? "-0" : String(value);
  }

  name(): string {
    const { buffer, byteOffset } = this.#view, length = this.u32();
    const text = new TextDecoder().decode(new Uint8Array(buffer, byteOffset + this.at, length));
    this.at += length;
    return text;
  }

  list<T>(read: () => T): T[] {
    return Array.from({ length: this.u32() }, read);
  }

  /** A part that is preceded by its length. */
  part(): Reader {
    const length = this.u32(), start = this.at;
    this.at += length;
    return new Reader(this.#view, start, start + length);
  }
}

/** What a module says of its functions. */
interface ModuleParts {
  readonly signatures: Signature[];
  /** Names of imported functions and their signatures' numbers. */
  readonly imports: { readonly name: string; readonly type: number }[];
  readonly functions: number[];
  readonly names: Map<number, string>;
  readonly bodies: Reader[];
}

function partsOf(bytes: Uint8Array): ModuleParts {
  const reader = new Reader(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 8);
  const parts: ModuleParts = {
    signatures: [],
    imports: [],
    functions: [],
    names: new Map(),
    bodies: [],
  };
  const typeName = (part: Reader) => types.get(part.u8()) ?? "?";
  while (reader.at < reader.end) {
    const id = reader.u8(), part = reader.part();
    if (id === 1) {
      part.list(() => {
        part.u8();
        const params = part.list(() => typeName(part)), results = part.list(() => typeName(part));
        parts.signatures.push({ params, results });
      });
    } else if (id === 2) {
      part.list(() => {
        part.name();
        const name = part.name(), kind = part.u8();
        if (kind === 0) parts.imports.push({ name, type: part.u32() });
        else if (kind === 3) part.at += 2;
        else {
          const flags = part.u8();
          part.u32();
          if ((flags & 1) !== 0) part.u32();
        }
      });
    } else if (id === 3) part.list(() => parts.functions.push(part.u32()));
    else if (id === 10) part.list(() => parts.bodies.push(part.part()));
    else if (id === 0 && part.name() === "name") {
      part.u8();
      const names = part.part();
      names.list(() => parts.names.set(names.u32(), names.name()));
    }
  }
  return parts;
}

/**
 * The functions of a module as text.
 *
 * @param bytes A module that this library printed; its names make the text easier to read.
 */
export function disassemble(bytes: Uint8Array): string {
  const { signatures, imports, functions, names, bodies } = partsOf(bytes);
  const nameOf = (index: number) =>
    `$${(names.get(index) ?? imports[index]?.name ?? String(index)).replace(/[^\w.]+/g, "_")}`;
  const list = (word: string, values: readonly string[]) =>
    values.length === 0 ? "" : ` (${word} ${values.join(" ")})`;
  const head = (index: number, type: number) => {
    const { params, results } = signatures[type]!;
    return `func ${nameOf(index)}${list("param", params)}${list("result", results)}`;
  };
  const lines = imports.map(({ type }, i) => `(import (${head(i, type)}))`);
  bodies.forEach((body, i) => {
    const index = imports.length + i;
    const locals = body.list(() => {
      const count = body.u32(), type = types.get(body.u8()) ?? "?";
      return count > 3 ? [`${type}×${count}`] : Array<string>(count).fill(type);
    }).flat();
    lines.push(`(${head(index, functions[i]!)}`);
    if (locals.length > 0) lines.push(`  ${list("local", locals).trim()}`);
    lines.push(...bodyLines(body, nameOf), ")");
  });
  return lines.join("\n");
}

/** The instructions of a function, those in blocks indented. */
function bodyLines(body: Reader, nameOf: (index: number) => string): string[] {
  table ??= makeTable();
  const lines: string[] = [];
  let depth = 1;
  const line = (text: string) => lines.push("  ".repeat(Math.max(1, depth)) + text);
  while (body.at < body.end) {
    const first = body.u8();
    const code = first >= 0xfc && first <= 0xfe ? first << 16 | body.u32() : first;
    if (code in BLOCKS) {
      const result = types.get(body.u8());
      line(BLOCKS[code]! + (result === undefined ? "" : ` (result ${result})`));
      depth++;
    } else if (code in REFERRING) line(`${REFERRING[code]} ${body.u32()}`);
    else if (code === 0x05 || code === 0x0b) {
      depth--;
      // The end of the function itself is its parenthesis.
      if (depth > 0) line(code === 0x05 ? "else" : "end");
      if (code === 0x05) depth++;
    } else if (code === 0x0e) {
      const targets = body.list(() => body.u32());
      line(`br_table ${[...targets, body.u32()].join(" ")}`);
    } else if (code === 0x10) line(`call ${nameOf(body.u32())}`);
    else if (code === 0x1c) {
      line(`select (result ${body.list(() => types.get(body.u8())).join(" ")})`);
    } else if (code === 0x41) line(`i32.const ${body.s64()}`);
    else if (code === 0x42) line(`i64.const ${body.s64()}`);
    else if (code === 0x43) line(`f32.const ${body.float(4)}`);
    else if (code === 0x44) line(`f64.const ${body.float(8)}`);
    else line(plainText(table.get(code), code, body));
  }
  return lines;
}

function plainText(instruction: Instruction | undefined, code: number, body: Reader): string {
  if (instruction === undefined) throw new TypeError(`Cannot read the opcode ${code.toString(16)}`);
  const { name, operands, align, zeros = 0 } = instruction;
  switch (operands) {
    case "none":
      return name;
    case "lane":
      return `${name} ${body.u8()}`;
    case "zeros":
      body.at += zeros;
      return name;
    case "bytes":
    case "lanes":
      return `${name} ${Array.from({ length: 16 }, () => body.u8()).join(" ")}`;
  }
  const power = body.u32(), offset = body.u32();
  const where = (offset === 0 ? "" : ` offset=${offset}`) +
    (power === align ? "" : ` align=${1 << power}`);
  return `${name}${where}${operands === "memory lane" ? ` ${body.u8()}` : ""}`;
}
