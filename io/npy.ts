/**
 * Reads and writes arrays in NumPy's npy format: a magic number, the length of a header, the header as a
 * Python dictionary with dtype, order and shape, then the elements.
 *
 * See https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html for its description.
 *
 * @module
 */

import { FileFormatError } from "../core/base/errors.ts";
import { type DType, dtypeInfo, type TypedArray } from "../core/graph/dtype.ts";
import { MAX_RANK } from "../core/graph/type.ts";
import { SharedVariable } from "../core/runtime/shared.ts";
import { Tensor } from "../core/runtime/tensor.ts";
import { decoded, expectBytes, type FileSource, pathOf, replaceFile } from "./files.ts";
import { gather, type HostArray } from "./stored.ts";
import { shown } from "./strict_json.ts";

/** The names of element types in the header, without their byte order. */
const descriptions: Readonly<Record<DType, string>> = {
  bool: "b1",
  int8: "i1",
  int16: "i2",
  int32: "i4",
  int64: "i8",
  uint8: "u1",
  uint16: "u2",
  uint32: "u4",
  uint64: "u8",
  float16: "f2",
  float32: "f4",
  float64: "f8",
  complex64: "c8",
  complex128: "c16",
};

const dtypeOf = new Map(
  Object.entries(descriptions).map(([dtype, text]) => [text, dtype as DType]),
);

/** The elements start at a multiple of this. */
const ALIGNMENT = 64;

/** "\x93NUMPY". */
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59] as const;

/** What is said in messages of what cannot be read. */
const WHAT = "npy file";

/** The bytes of one array in the npy format, as NumPy writes them. */
export function encodeArray({ dtype, shape, data }: HostArray): Uint8Array<ArrayBuffer> {
  const order = dtypeInfo(dtype).bytes === 1 ? "|" : "<";
  const lengths = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': '${order}${
    descriptions[dtype]
  }', 'fortran_order': False, 'shape': (${lengths}), }`;
  const start = Math.ceil((10 + text.length + 1) / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(start + data.byteLength);
  bytes.fill(0x20, 10, start);
  bytes.set(MAGIC);
  bytes[6] = 1;
  new DataView(bytes.buffer).setUint16(8, start - 10, true);
  bytes.set(new TextEncoder().encode(text), 10);
  bytes[start - 1] = 0x0a;
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start);
  return bytes;
}

/**
 * The bytes of an npy file.
 *
 * @param value A tensor or a shared variable.
 *
 * @example
 * ```ts
 * import { io, tensor } from "@croton/croton";
 *
 * const bytes = await io.encodeNpy(tensor([[1, 2]]));
 * console.assert(io.decodeNpy(bytes).shape.join() === "1,2");
 * ```
 */
export async function encodeNpy(value: Tensor | SharedVariable): Promise<Uint8Array<ArrayBuffer>> {
  if (!(value instanceof Tensor) && !(value instanceof SharedVariable)) {
    throw new TypeError("Cannot write an npy file: expected a tensor or a shared variable");
  }
  const [[, array]] = await gather("Cannot write an npy file", { value }) as [[string, HostArray]];
  return encodeArray(array);
}

/** What a header says. */
interface Header {
  readonly descr: string;
  readonly fortran: boolean;
  readonly shape: readonly number[];
}

/**
 * Reads the bytes of an npy file: numbers of any kind and byte order, in either order of axes.
 *
 * Throws a FileFormatError if they break the rules of the format, or hold Python objects, texts or records.
 *
 * @param bytes The contents of the file.
 * @returns A tensor, which has memory of its own.
 *
 * @example
 * ```ts
 * import { io, tensor } from "@croton/croton";
 *
 * const bytes = await io.encodeNpy(tensor(new Int32Array(4)));
 * console.assert(io.decodeNpy(bytes).dtype === "int32");
 * ```
 */
export function decodeNpy(bytes: Uint8Array<ArrayBuffer>): Tensor {
  expectBytes("an npy file", bytes);
  const { text, start } = headerText(bytes);
  const { descr, fortran, shape } = parseHeader(text);
  const [, order, kind] = /^([<>|=]?)([a-zA-Z]\d+)$/.exec(descr) ?? [];
  const dtype = kind === undefined ? undefined : dtypeOf.get(kind);
  if (dtype === undefined) {
    const advice = /O/.test(descr)
      ? "objects of Python are not read, as that runs code"
      : `expected one of ${[...dtypeOf.keys()].join(", ")}`;
    throw new FileFormatError(WHAT, `its dtype is ${shown(descr)}: ${advice}`);
  }
  if (shape.length > MAX_RANK) {
    throw new FileFormatError(WHAT, `its shape has ${shape.length} axes, more than ${MAX_RANK}`);
  }
  const info = dtypeInfo(dtype);
  const count = shape.reduce((a, b) => a * (b || 1), info.bytes);
  if (!Number.isSafeInteger(count)) {
    throw new FileFormatError(WHAT, `its shape ${shown(shape)} has too many elements`);
  }
  const length = shape.includes(0) ? 0 : count;
  if (bytes.length - start !== length) {
    throw new FileFormatError(
      WHAT,
      `expected ${length} bytes for ${dtype} of shape ${shown(shape)}, got ${bytes.length - start}`,
    );
  }
  const data = info.array(length / info.bytes);
  const raw = new Uint8Array(data.buffer);
  raw.set(bytes.subarray(start));
  const isComplex = info.kind === "complex";
  if (order === ">") swapBytes(raw, isComplex ? info.bytes / 2 : info.bytes);
  if (dtype === "bool") {
    const at = raw.findIndex((value) => value > 1);
    if (at >= 0) throw new FileFormatError(WHAT, `expected 0 or 1, got ${raw[at]} at ${at}`);
  }
  return new Tensor(dtype, shape, fortran ? transposed(data, shape, isComplex ? 2 : 1) : data);
}

function headerText(bytes: Uint8Array<ArrayBuffer>): { text: string; start: number } {
  if (bytes.length < 10 || MAGIC.some((byte, i) => bytes[i] !== byte)) {
    throw new FileFormatError(WHAT, 'expected "\\x93NUMPY" as its start');
  }
  const version = bytes[6]!;
  if (version < 1 || version > 3) {
    throw new FileFormatError(WHAT, `expected version 1, 2 or 3 of the format, got ${version}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const from = version === 1 ? 10 : 12;
  const start = bytes.length < from
    ? NaN
    : from + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (!(start <= bytes.length)) {
    throw new FileFormatError(WHAT, `its header goes beyond its ${bytes.length} bytes`);
  }
  return { text: new TextDecoder().decode(bytes.subarray(from, start)), start };
}

/** Reads the dictionary, whose three entries may stand in any order. */
function parseHeader(text: string): Header {
  const fields = new Map<string, string>();
  let rest = text.trim();
  if (!rest.startsWith("{") || !rest.endsWith("}")) {
    throw new FileFormatError(WHAT, `its header is no dictionary: ${shown(rest)}`);
  }
  rest = rest.slice(1, -1).trim();
  const entry =
    /^['"](\w+)['"]\s*:\s*('[^']*'|"[^"]*"|\[[^\]]*\]|True|False|\([\d\s,L]*\))\s*(?:,\s*|$)/;
  while (rest !== "") {
    const found = entry.exec(rest);
    if (found === null) throw new FileFormatError(WHAT, `its header has ${shown(rest)}`);
    if (fields.has(found[1]!)) throw new FileFormatError(WHAT, `it has ${shown(found[1])} twice`);
    fields.set(found[1]!, found[2]!);
    rest = rest.slice(found[0].length);
  }
  const keys = [...fields.keys()].sort().join();
  if (keys !== "descr,fortran_order,shape") {
    throw new FileFormatError(
      WHAT,
      `expected "descr", "fortran_order" and "shape" in its header, got ${shown(keys)}`,
    );
  }
  const order = fields.get("fortran_order")!, descr = fields.get("descr")!;
  const lengths = /^\(\s*((?:\d+L?\s*,\s*)*(?:\d+L?\s*)?)\)$/.exec(fields.get("shape")!);
  const shape = lengths?.[1]?.split(",").map((word) => word.replace("L", "").trim())
    .filter((word) => word !== "").map(Number);
  const isScalar = shape?.length === 1 && !lengths![1]!.includes(",");
  if (shape === undefined || isScalar || !shape.every(Number.isSafeInteger)) {
    throw new FileFormatError(WHAT, `expected lengths as its shape, got ${fields.get("shape")}`);
  }
  if (order !== "True" && order !== "False") {
    throw new FileFormatError(WHAT, `expected True or False as its order, got ${order}`);
  }
  // What is no text is a list of fields.
  const isText = /^['"]/.test(descr);
  return { descr: isText ? descr.slice(1, -1) : descr, fortran: order === "True", shape };
}

/** Turns the order of the bytes of each element round. */
export function swapBytes(bytes: Uint8Array, each: number): void {
  for (let at = 0; at < bytes.length; at += each) bytes.subarray(at, at + each).reverse();
}

/** Elements of which the first axis runs fastest, with the last axis running fastest. */
function transposed(data: TypedArray, shape: readonly number[], parts: number): TypedArray {
  const result = data.slice() as TypedArray;
  const steps = shape.map((_, i) => shape.slice(0, i).reduce((a, b) => a * b, 1));
  const at = shape.map(() => 0);
  let from = 0;
  for (let to = 0; to < data.length; to += parts) {
    for (let part = 0; part < parts; part++) result[to + part] = data[from * parts + part]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at[axis]!++;
      from += steps[axis]!;
      if (at[axis]! < shape[axis]!) break;
      from -= steps[axis]! * at[axis]!;
      at[axis] = 0;
    }
  }
  return result;
}

/**
 * Writes an npy file, which NumPy reads with `numpy.load`. It is replaced as a whole.
 *
 * Throws a FileError if it cannot be written; what was there is as it was.
 *
 * @param path The file.
 * @param value A tensor or a shared variable.
 *
 * @example
 * ```ts ignore
 * import { io, tensor } from "@croton/croton";
 *
 * await io.saveNpy("x.npy", tensor([[1, 2], [3, 4]]));
 * ```
 */
export async function saveNpy(path: string | URL, value: Tensor | SharedVariable): Promise<void> {
  await replaceFile(pathOf(path), await encodeNpy(value));
}

/**
 * Reads an npy file that `numpy.save` or {@linkcode saveNpy} wrote.
 *
 * Throws a FileError if it cannot be read, and a FileFormatError if it breaks the rules of the format.
 *
 * @param source The file, or its bytes.
 *
 * @example
 * ```ts ignore
 * import { io } from "@croton/croton";
 *
 * const x = await io.loadNpy("x.npy");
 * ```
 */
export async function loadNpy(source: FileSource): Promise<Tensor> {
  return await decoded(source, decodeNpy);
}
