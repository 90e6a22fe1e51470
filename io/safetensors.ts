/**
 * Reads and writes tensors in the safetensors format: the length of a header as a 64-bit number, the
 * header as JSON with dtype, shape and place of each tensor, then the elements, little-endian.
 *
 * See https://huggingface.co/docs/safetensors for the description of the format.
 *
 * @module
 */

import { FileFormatError } from "../core/base/errors.ts";
import { type DType, dtypeInfo, dtypes, type TypedArray } from "../core/graph/dtype.ts";
import { MAX_RANK } from "../core/graph/type.ts";
import { Tensor } from "../core/runtime/tensor.ts";
import { decoded, expectBytes, type FileSource, pathOf, replaceFile } from "./files.ts";
import { gather, type HostArray, type SavedTree } from "./stored.ts";
import { parseStrictJson, shown } from "./strict_json.ts";

/** The contents of a file. */
export interface TensorFile {
  /** The tensors by name, in the order of the file. */
  readonly tensors: Readonly<Record<string, Tensor>>;
  /** Notes of the file's writer. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Notes for the file's reader. */
export type Metadata = Readonly<Record<string, string>>;

function wrong(detail: string, tensor?: string, options: ErrorOptions = {}): FileFormatError {
  const what = tensor === undefined ? "safetensors file" : `tensor ${shown(tensor)}`;
  return new FileFormatError(
    what,
    detail,
    tensor === undefined ? options : {
      ...options,
      part: tensor,
    },
  );
}

/** The names of element types in the header. */
const tags: Readonly<Partial<Record<DType, string>>> = {
  bool: "BOOL",
  int8: "I8",
  int16: "I16",
  int32: "I32",
  int64: "I64",
  uint8: "U8",
  uint16: "U16",
  uint32: "U32",
  uint64: "U64",
  float16: "F16",
  float32: "F32",
  float64: "F64",
  complex64: "C64",
};

/** How elements in a file become elements here. */
interface StoredType {
  /** Bytes of one element in the file. */
  readonly bytes: number;
  /** The dtype that they become. */
  readonly dtype: DType;
  readonly read: (bytes: Uint8Array<ArrayBuffer>) => TypedArray;
}

const storedTypes = new Map<string, StoredType>(dtypes.flatMap((dtype) => {
  const tag = tags[dtype], { bytes, array } = dtypeInfo(dtype);
  if (tag === undefined) return [];
  const read = (part: Uint8Array) => {
    const elements = array(part.length / bytes);
    new Uint8Array(elements.buffer).set(part);
    return elements;
  };
  return [[tag, { bytes, dtype, read }]];
}));
storedTypes.set("BF16", { bytes: 2, dtype: "float32", read: widened });

/** bfloat16 elements as float32, of which they are the upper halves. */
function widened(part: Uint8Array<ArrayBuffer>): TypedArray {
  const bits = new Uint32Array(part.length / 2);
  for (let i = 0; i < bits.length; i++) {
    bits[i] = (part[2 * i]! | part[2 * i + 1]! << 8) << 16;
  }
  return new Float32Array(bits.buffer);
}

/** The format allows no longer header. */
const LONGEST_HEADER = 100_000_000;

/** Objects and lists in each other in a header: the header, a tensor, its shape. */
const HEADER_DEPTH = 3;

/**
 * The bytes of a safetensors file.
 *
 * Throws a TypeError for what the format cannot hold, and a RangeError where the header gets too long.
 *
 * @param tensors Tensors, shared variables and random streams in records and lists.
 * @param metadata Notes for the file's reader.
 *
 * @example
 * ```ts
 * import { io, shared } from "@croton/croton";
 *
 * const bytes = await io.encodeSafetensors({ layer: { b: shared(new Float32Array(3)) } });
 * console.assert(io.decodeSafetensors(bytes).tensors["layer.b"]!.shape[0] === 3);
 * ```
 */
export async function encodeSafetensors(
  tensors: SavedTree,
  metadata: Metadata = {},
): Promise<Uint8Array<ArrayBuffer>> {
  if (!isRecord(metadata)) {
    throw new TypeError(`Cannot write notes: expected an object of texts, got ${shown(metadata)}`);
  }
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value === "string") continue;
    throw new TypeError(
      `Cannot write the note ${shown(key)}: expected a text, got ${typeof value}`,
    );
  }
  return written(await gather("Cannot write a safetensors file", tensors), metadata);
}

function written(
  arrays: readonly (readonly [string, HostArray])[],
  metadata: Metadata,
): Uint8Array<ArrayBuffer> {
  const header: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0) header.push(["__metadata__", metadata]);
  let size = 0;
  for (const [name, { dtype, shape, data }] of arrays) {
    const tag = tags[dtype];
    if (name === "__metadata__") {
      throw new TypeError(
        'Cannot write a tensor named "__metadata__": the format keeps this name',
      );
    }
    if (tag === undefined) {
      throw new TypeError(
        `Cannot write tensor ${shown(name)}: the format has no ${dtype}; npz files have it`,
      );
    }
    const offsets = [size, size += data.byteLength];
    header.push([name, { dtype: tag, shape, data_offsets: offsets }]);
  }
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  // Spaces at the end of the header put the elements at a multiple of 8 bytes.
  const start = Math.ceil((8 + text.length) / 8) * 8;
  if (start - 8 > LONGEST_HEADER) {
    throw new RangeError(
      `Cannot write a header of ${start - 8} bytes: the format allows ${LONGEST_HEADER}`,
    );
  }
  const bytes = new Uint8Array(start + size);
  bytes.fill(0x20, 8, start);
  bytes.set(text, 8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - 8), true);
  let at = start;
  for (const [, { data }] of arrays) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isShape(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(isSize);
}

/** Bytes of the elements; NaN if the sizes that are not 0 are too many to be counted with. */
function byteLength(each: number, shape: readonly number[]): number {
  const bytes = shape.reduce((a, b) => a * (b || 1), each);
  if (!Number.isSafeInteger(bytes)) return NaN;
  return shape.includes(0) ? 0 : bytes;
}

/**
 * Reads the bytes of a safetensors file. Elements of bfloat16 become float32.
 *
 * Throws a FileFormatError if they break the rules of the format.
 *
 * @param bytes The contents of the file.
 * @returns The tensors, which have memory of their own, and the notes.
 *
 * @example
 * ```ts
 * import { io, tensor } from "@croton/croton";
 *
 * const bytes = await io.encodeSafetensors({ x: tensor([1, 2]) }, { epoch: "3" });
 * const { tensors, metadata } = io.decodeSafetensors(bytes);
 * console.assert(tensors["x"]!.dtype === "float32" && metadata["epoch"] === "3");
 * ```
 */
export function decodeSafetensors(bytes: Uint8Array<ArrayBuffer>): TensorFile {
  expectBytes("a safetensors file", bytes);
  if (bytes.length < 8) {
    throw wrong(`expected at least 8 bytes, got ${bytes.length}`);
  }
  // A plain view, as parts of a Node buffer share its memory.
  const rest = new Uint8Array(bytes.buffer, bytes.byteOffset + 8, bytes.byteLength - 8);
  const wanted = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (wanted > LONGEST_HEADER || wanted > rest.length) {
    throw wrong(
      `its header takes ${wanted} bytes, and ${rest.length} are there (at most ${LONGEST_HEADER})`,
    );
  }
  const length = Number(wanted);
  const { __metadata__: metadata = {}, ...entries } = parseHeader(rest.subarray(0, length));
  if (!isRecord(metadata)) {
    throw wrong(`expected texts in "__metadata__", got ${shown(metadata)}`);
  }
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value === "string") continue;
    throw wrong(
      `expected texts in "__metadata__", got ${shown(value)} for ${shown(key)}`,
    );
  }
  const body = rest.subarray(length);
  const tensors: [string, Tensor][] = [];
  let end = 0;
  const places = Object.entries(entries).map(([name, entry]) => ({
    name,
    ...checkEntry(name, entry),
  }));
  for (
    const { name, type, shape, from, to } of places.toSorted((a, b) =>
      a.from - b.from || a.to - b.to
    )
  ) {
    if (from !== end || to > body.length) {
      throw wrong(
        `expected its elements from byte ${end} on within ${body.length} bytes, got ${from} to ${to}`,
        name,
      );
    }
    end = to;
    const part = body.subarray(from, to);
    const at = type.dtype === "bool" ? part.findIndex((value) => value > 1) : -1;
    if (at >= 0) throw wrong(`expected 0 or 1, got ${part[at]} at ${at}`, name);
    tensors.push([name, new Tensor(type.dtype, shape, type.read(part))]);
  }
  if (end !== body.length) {
    throw wrong(`expected ${end} bytes of elements, got ${body.length}`);
  }
  return { tensors: Object.fromEntries(tensors), metadata: metadata as Metadata };
}

function parseHeader(bytes: Uint8Array<ArrayBuffer>): Record<string, unknown> {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw wrong("its header is not in UTF-8", undefined, { cause });
  }
  if (text[0] !== "{") {
    throw wrong(`expected "{" as the start of its header, got ${shown(text[0])}`);
  }
  try {
    return parseStrictJson(text, HEADER_DEPTH) as Record<string, unknown>;
  } catch (cause) {
    throw wrong(`its header ${(cause as Error).message}`, undefined, { cause });
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

interface StoredTensor {
  readonly type: StoredType;
  readonly shape: readonly number[];
  readonly from: number;
  readonly to: number;
}

function checkEntry(name: string, entry: unknown): StoredTensor {
  const { dtype: tag, shape, data_offsets: offsets } = isRecord(entry) ? entry : {};
  const type = typeof tag === "string" ? storedTypes.get(tag) : undefined;
  if (type === undefined) {
    const known = [...storedTypes.keys()].join(", ");
    throw wrong(`its dtype is ${shown(tag)}: expected one of ${known}`, name);
  }
  if (!isShape(shape)) {
    throw wrong(`expected sizes as its shape, got ${shown(shape)}`, name);
  }
  if (shape.length > MAX_RANK) {
    throw wrong(`its shape has ${shape.length} axes, more than ${MAX_RANK}`, name);
  }
  const [from, to] = Array.isArray(offsets) && offsets.length === 2 ? offsets : [];
  if (!isSize(from) || !isSize(to) || to < from) {
    throw wrong(`expected two offsets, got ${shown(offsets)}`, name);
  }
  const size = byteLength(type.bytes, shape);
  if (Number.isNaN(size)) {
    throw wrong(`its shape ${shown(shape)} has too many elements`, name);
  }
  if (to - from !== size) {
    throw wrong(
      `expected ${size} bytes for ${tag} of shape ${shown(shape)}, got ${to - from}`,
      name,
    );
  }
  return { type, shape, from, to };
}

/**
 * Writes a safetensors file. It is replaced as a whole, so that an interruption leaves the old one as it
 * was, and many processes may save to one path. The values are those of the moment of the call.
 *
 * Throws a FileError if the file cannot be written; what was there is as it was.
 *
 * @param path The file.
 * @param tensors Tensors, shared variables and random streams in records and lists.
 * @param metadata Notes for the file's reader.
 *
 * @example
 * ```ts ignore
 * import { io, shared } from "@croton/croton";
 *
 * const model = { W: shared(new Float32Array(6), { shape: [2, 3] }) };
 * await io.saveSafetensors("model.safetensors", { model }, { epoch: "3" });
 * const { tensors } = await io.loadSafetensors("model.safetensors");
 * io.restore({ model }, tensors);
 * ```
 */
export async function saveSafetensors(
  path: string | URL,
  tensors: SavedTree,
  metadata: Metadata = {},
): Promise<void> {
  await replaceFile(pathOf(path), await encodeSafetensors(tensors, metadata));
}

/**
 * Reads a safetensors file. {@linkcode restore} gives its values to shared variables.
 *
 * Throws a FileError if the file cannot be read, and a FileFormatError if it breaks the rules of the
 * format.
 *
 * @param source The file, or its bytes.
 *
 * @example
 * ```ts ignore
 * import { io } from "@croton/croton";
 *
 * const { tensors, metadata } = await io.loadSafetensors("model.safetensors");
 * ```
 */
export async function loadSafetensors(source: FileSource): Promise<TensorFile> {
  return await decoded(source, decodeSafetensors);
}
