/**
 * Reads and writes tensors in the safetensors format: the length of a header as a 64-bit number, the
 * header as JSON with dtype, shape and place of each tensor, then the elements, little-endian.
 *
 * See https://huggingface.co/docs/safetensors for the description of the format.
 *
 * @module
 */
import { replaceFile } from "./files.ts";
import { parseStrictJson, shown } from "./strict_json.ts";

/** The element types, and the typed arrays that hold their elements. */
export interface Elements {
  bool: Uint8Array<ArrayBuffer>;
  int8: Int8Array<ArrayBuffer>;
  int16: Int16Array<ArrayBuffer>;
  int32: Int32Array<ArrayBuffer>;
  int64: BigInt64Array<ArrayBuffer>;
  uint8: Uint8Array<ArrayBuffer>;
  uint16: Uint16Array<ArrayBuffer>;
  uint32: Uint32Array<ArrayBuffer>;
  uint64: BigUint64Array<ArrayBuffer>;
  float16: Float16Array<ArrayBuffer>;
  float32: Float32Array<ArrayBuffer>;
  float64: Float64Array<ArrayBuffer>;
  complex64: Float32Array<ArrayBuffer>;
}

/** The name of an element type. */
export type ElementType = keyof Elements;

/** One tensor. */
export interface StoredTensor {
  /** The element type. */
  dtype: ElementType;
  /** The dimensions; none for a scalar. */
  shape: readonly number[];
  /** The elements, the last dimension running fastest; complex ones as pairs. */
  data: Elements[ElementType];
}

/** The contents of a file. */
export interface TensorFile {
  /** The tensors by name, in the order of the file. */
  tensors: Record<string, StoredTensor>;
  /** Notes of the file's writer. */
  metadata: Record<string, string>;
}

/** A file that breaks the rules of the format. */
export class SafetensorsError extends SyntaxError {
  /** The tensor that is wrong, if it is one. */
  readonly tensor: string | undefined;

  /**
   * Makes an error.
   *
   * @param detail What was expected and what was found
   * @param tensor The tensor it is about
   * @param options The cause, if another error led to this one
   */
  constructor(detail: string, tensor?: string, options?: ErrorOptions) {
    const what = tensor === undefined ? "safetensors file" : `tensor ${shown(tensor)}`;
    super(`Cannot read ${what}: ${detail}`, options);
    this.name = "SafetensorsError";
    this.tensor = tensor;
  }
}

interface Format {
  /** The name in the header. */
  tag: string;
  /** Bytes of one element. */
  bytes: number;
  view: new (buffer: ArrayBuffer) => Elements[ElementType];
}

const formats: Record<ElementType, Format> = {
  bool: { tag: "BOOL", bytes: 1, view: Uint8Array },
  int8: { tag: "I8", bytes: 1, view: Int8Array },
  int16: { tag: "I16", bytes: 2, view: Int16Array },
  int32: { tag: "I32", bytes: 4, view: Int32Array },
  int64: { tag: "I64", bytes: 8, view: BigInt64Array },
  uint8: { tag: "U8", bytes: 1, view: Uint8Array },
  uint16: { tag: "U16", bytes: 2, view: Uint16Array },
  uint32: { tag: "U32", bytes: 4, view: Uint32Array },
  uint64: { tag: "U64", bytes: 8, view: BigUint64Array },
  float16: { tag: "F16", bytes: 2, view: Float16Array },
  float32: { tag: "F32", bytes: 4, view: Float32Array },
  float64: { tag: "F64", bytes: 8, view: Float64Array },
  complex64: { tag: "C64", bytes: 8, view: Float32Array },
};

const typeOfTag = new Map(
  Object.entries(formats).map(([type, { tag }]) => [tag, type as ElementType]),
);

/** The format allows no longer header. */
const LONGEST_HEADER = 100_000_000;

/** Objects and lists in each other in a header: the header, a tensor, its shape. */
const HEADER_DEPTH = 3;

/**
 * Writes tensors.
 *
 * @param tensors The tensors by name
 * @param metadata Notes for the file's reader
 * @returns The contents of the file
 * @throws {TypeError} If a dtype is unknown, data are not of the class that the dtype asks for, or
 * notes are no texts
 * @throws {RangeError} If there are not as many elements as the shape asks for, an element of dtype
 * `bool` is neither 0 nor 1, or the header gets too long
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, StoredTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const header: [string, unknown][] = [];
  if (!isRecord(tensors)) {
    throw new TypeError(`Cannot write tensors: expected an object of them, got ${shown(tensors)}`);
  }
  if (!isRecord(metadata)) {
    throw new TypeError(`Cannot write notes: expected an object of texts, got ${shown(metadata)}`);
  }
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== "string") {
      throw new TypeError(
        `Cannot write the note ${shown(key)}: expected a text, got ${typeof value}`,
      );
    }
  }
  if (Object.keys(metadata).length > 0) header.push(["__metadata__", metadata]);
  let size = 0;
  for (const [name, tensor] of Object.entries(tensors)) {
    checkTensor(name, tensor);
    const { dtype, shape, data } = tensor;
    const offsets = [size, size += data.byteLength];
    header.push([name, { dtype: formats[dtype].tag, shape, data_offsets: offsets }]);
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
  for (const { data } of Object.values(tensors)) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

function checkTensor(name: string, tensor: StoredTensor): void {
  if (name === "__metadata__") {
    throw new TypeError('Cannot write a tensor named "__metadata__": the format keeps this name');
  }
  const what = `Cannot write tensor ${shown(name)}`;
  if (!isRecord(tensor)) {
    throw new TypeError(`${what}: expected its dtype, shape and data, got ${shown(tensor)}`);
  }
  const { dtype, shape, data } = tensor;
  if (typeof dtype !== "string" || !Object.hasOwn(formats, dtype)) {
    const known = Object.keys(formats).join(", ");
    throw new TypeError(`${what} of dtype ${shown(dtype)}: use one of ${known}`);
  }
  const { view } = formats[dtype];
  if (!(data instanceof view)) {
    throw new TypeError(
      `${what} of dtype "${dtype}": expected data in a ${view.name}, ` +
        `got ${(data as object)?.constructor?.name ?? typeof data}`,
    );
  }
  const bytes = isShape(shape) ? byteLength(dtype, shape) : NaN;
  if (bytes !== data.byteLength) {
    const expected = Number.isNaN(bytes) ? "sizes that fit in memory" : `${bytes} bytes`;
    throw new RangeError(
      `${what} of shape ${shown(shape)}: expected ${expected}, got ${data.byteLength} bytes`,
    );
  }
  const at = dtype === "bool" ? firstNoBool(data) : -1;
  if (at >= 0) {
    throw new RangeError(`${what} of dtype "bool": expected 0 or 1, got ${data[at]} at ${at}`);
  }
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isShape(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(isSize);
}

/** Bytes of the elements; NaN if the sizes that are not 0 are too many to be counted with. */
function byteLength(dtype: ElementType, shape: readonly number[]): number {
  const bytes = shape.reduce((a, b) => a * (b || 1), formats[dtype].bytes);
  if (!Number.isSafeInteger(bytes)) return NaN;
  return shape.includes(0) ? 0 : bytes;
}

/** The place of the first byte that is neither false nor true, or -1. */
function firstNoBool(data: Elements[ElementType]): number {
  return (data as Uint8Array).findIndex((value) => value > 1);
}

/**
 * Reads tensors.
 *
 * @param bytes The contents of the file
 * @returns The tensors, which have memory of their own, and the notes
 * @throws {SafetensorsError} If the contents break the rules of the format
 * @throws {TypeError} If `bytes` are no bytes
 */
export function decodeSafetensors(bytes: Uint8Array<ArrayBuffer>): TensorFile {
  if (!ArrayBuffer.isView(bytes)) {
    throw new TypeError(
      `Cannot read a safetensors file: expected its bytes in a Uint8Array, got ${shown(bytes)}`,
    );
  }
  if (bytes.length < 8) {
    throw new SafetensorsError(`expected at least 8 bytes, got ${bytes.length}`);
  }
  // A plain view, as parts of a Node buffer share its memory.
  const rest = new Uint8Array(bytes.buffer, bytes.byteOffset + 8, bytes.byteLength - 8);
  const wanted = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (wanted > LONGEST_HEADER || wanted > rest.length) {
    throw new SafetensorsError(
      `its header takes ${wanted} bytes, and ${rest.length} are there (at most ${LONGEST_HEADER})`,
    );
  }
  const length = Number(wanted);
  const { __metadata__: metadata = {}, ...entries } = parseHeader(rest.subarray(0, length));
  if (!isRecord(metadata)) {
    throw new SafetensorsError(`expected texts in "__metadata__", got ${shown(metadata)}`);
  }
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value === "string") continue;
    throw new SafetensorsError(
      `expected texts in "__metadata__", got ${shown(value)} for ${shown(key)}`,
    );
  }
  const body = rest.subarray(length);
  const tensors: [string, StoredTensor][] = [];
  let end = 0;
  const places = Object.entries(entries).map(([name, entry]) => ({
    name,
    ...checkEntry(name, entry),
  }));
  for (
    const { name, dtype, shape, from, to } of places.toSorted((a, b) =>
      a.from - b.from || a.to - b.to
    )
  ) {
    if (from !== end || to > body.length) {
      throw new SafetensorsError(
        `expected its elements from byte ${end} on within ${body.length} bytes, got ${from} to ${to}`,
        name,
      );
    }
    end = to;
    const data = new formats[dtype].view(body.slice(from, to).buffer);
    const at = dtype === "bool" ? firstNoBool(data) : -1;
    if (at >= 0) throw new SafetensorsError(`expected 0 or 1, got ${data[at]} at ${at}`, name);
    tensors.push([name, { dtype, shape, data }]);
  }
  if (end !== body.length) {
    throw new SafetensorsError(`expected ${end} bytes of elements, got ${body.length}`);
  }
  return { tensors: Object.fromEntries(tensors), metadata: metadata as Record<string, string> };
}

function parseHeader(bytes: Uint8Array<ArrayBuffer>): Record<string, unknown> {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new SafetensorsError("its header is not in UTF-8", undefined, { cause });
  }
  if (text[0] !== "{") {
    throw new SafetensorsError(`expected "{" as the start of its header, got ${shown(text[0])}`);
  }
  try {
    return parseStrictJson(text, HEADER_DEPTH) as Record<string, unknown>;
  } catch (cause) {
    throw new SafetensorsError(`its header ${(cause as Error).message}`, undefined, { cause });
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

interface Entry {
  dtype: ElementType;
  shape: number[];
  from: number;
  to: number;
}

function checkEntry(name: string, entry: unknown): Entry {
  const { dtype: tag, shape, data_offsets: offsets } = isRecord(entry) ? entry : {};
  const dtype = typeof tag === "string" ? typeOfTag.get(tag) : undefined;
  if (dtype === undefined) {
    const known = [...typeOfTag.keys()].join(", ");
    throw new SafetensorsError(`its dtype is ${shown(tag)}: expected one of ${known}`, name);
  }
  if (!isShape(shape)) {
    throw new SafetensorsError(`expected sizes as its shape, got ${shown(shape)}`, name);
  }
  const [from, to] = Array.isArray(offsets) && offsets.length === 2 ? offsets : [];
  if (!isSize(from) || !isSize(to) || to < from) {
    throw new SafetensorsError(`expected two offsets, got ${shown(offsets)}`, name);
  }
  const size = byteLength(dtype, shape);
  if (Number.isNaN(size)) {
    throw new SafetensorsError(`its shape ${shown(shape)} has too many elements`, name);
  }
  if (to - from !== size) {
    throw new SafetensorsError(
      `expected ${size} bytes for ${dtype} of shape ${shown(shape)}, got ${to - from}`,
      name,
    );
  }
  return { dtype, shape, from, to };
}

/**
 * Writes tensors to a file. The file is replaced as a whole, so that an interruption leaves the old
 * one as it was, and many processes may save to one path.
 *
 * @param path The file
 * @param tensors The tensors by name
 * @param metadata Notes for the file's reader
 * @throws {WriteError} If the file cannot be written; what was there is as it was
 */
export async function saveSafetensors(
  path: string,
  tensors: Readonly<Record<string, StoredTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  await replaceFile(path, encodeSafetensors(tensors, metadata));
}

/**
 * Reads tensors from a file.
 *
 * @param path The file
 * @returns The tensors and the notes
 * @throws {SafetensorsError} If the file breaks the rules of the format
 */
export async function loadSafetensors(path: string): Promise<TensorFile> {
  const bytes = await Deno.readFile(path);
  try {
    return decodeSafetensors(bytes);
  } catch (error) {
    if (error instanceof SafetensorsError) error.message += `, in ${shown(path)}`;
    throw error;
  }
}
