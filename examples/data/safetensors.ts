/**
 * Reads and writes tensors in the safetensors format: the length of a header as a 64-bit number, the
 * header as JSON with dtype, shape and place of each tensor, then the elements, little-endian.
 *
 * See https://huggingface.co/docs/safetensors for the description of the format.
 *
 * @module
 */

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
  /** Notes of whoever wrote the file. */
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
    const what = tensor === undefined ? "safetensors file" : `tensor "${tensor}"`;
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

/**
 * Writes tensors.
 *
 * @param tensors The tensors by name
 * @param metadata Notes for whoever reads the file
 * @returns The contents of the file
 * @throws {TypeError} If a dtype is unknown, or data are not of the class that the dtype asks for
 * @throws {RangeError} If there are not as many elements as the shape asks for
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, StoredTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = {};
  if (Object.keys(metadata).length > 0) header["__metadata__"] = metadata;
  let size = 0;
  for (const [name, tensor] of Object.entries(tensors)) {
    checkTensor(name, tensor);
    const { dtype, shape, data } = tensor;
    const offsets = [size, size += data.byteLength];
    header[name] = { dtype: formats[dtype].tag, shape, data_offsets: offsets };
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  // Spaces at the end of the header put the elements at a multiple of 8 bytes.
  const start = Math.ceil((8 + text.length) / 8) * 8;
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

function checkTensor(name: string, { dtype, shape, data }: StoredTensor): void {
  const format = formats[dtype] as Format | undefined;
  if (name === "__metadata__") {
    throw new TypeError('Cannot write a tensor named "__metadata__": the format keeps this name');
  }
  if (format === undefined) {
    const known = Object.keys(formats).join(", ");
    throw new TypeError(`Cannot write tensor "${name}" of dtype "${dtype}": use one of ${known}`);
  }
  if (!(data instanceof format.view)) {
    throw new TypeError(
      `Cannot write tensor "${name}" of dtype "${dtype}": expected data in a ` +
        `${format.view.name}, got ${(data as object)?.constructor?.name ?? typeof data}`,
    );
  }
  const bytes = shape.reduce((a, b) => a * b, format.bytes);
  if (!shape.every(isSize) || bytes !== data.byteLength) {
    throw new RangeError(
      `Cannot write tensor "${name}" of shape [${shape}]: expected ${bytes} bytes, got ${data.byteLength}`,
    );
  }
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/**
 * Reads tensors.
 *
 * @param bytes The contents of the file
 * @returns The tensors, which have memory of their own, and the notes
 * @throws {SafetensorsError} If the contents break the rules of the format
 */
export function decodeSafetensors(bytes: Uint8Array<ArrayBuffer>): TensorFile {
  if (bytes.length < 8) {
    throw new SafetensorsError(`expected at least 8 bytes, got ${bytes.length}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const length = Number(view.getBigUint64(0, true));
  if (length > LONGEST_HEADER || length > bytes.length - 8) {
    throw new SafetensorsError(
      `its header takes ${length} bytes, and ${
        bytes.length - 8
      } are there (at most ${LONGEST_HEADER})`,
    );
  }
  const { __metadata__: metadata = {}, ...entries } = parseHeader(bytes.subarray(8, 8 + length));
  if (!isRecord(metadata) || Object.values(metadata).some((v) => typeof v !== "string")) {
    throw new SafetensorsError('expected texts in "__metadata__" of its header');
  }
  const body = bytes.subarray(8 + length);
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
    tensors.push([name, { dtype, shape, data }]);
  }
  if (end !== body.length) {
    throw new SafetensorsError(`expected ${end} bytes of elements, got ${body.length}`);
  }
  return { tensors: Object.fromEntries(tensors), metadata: metadata as Record<string, string> };
}

function parseHeader(bytes: Uint8Array<ArrayBuffer>): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new SafetensorsError("its header is no JSON", undefined, { cause });
  }
  if (!isRecord(header)) throw new SafetensorsError("expected an object in its header");
  return header;
}

function isRecord(value: unknown): value is Record<string, unknown> {
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
  const dtype = typeOfTag.get(String(tag));
  if (dtype === undefined) {
    const known = [...typeOfTag.keys()].join(", ");
    throw new SafetensorsError(`its dtype is "${tag}": expected one of ${known}`, name);
  }
  if (!Array.isArray(shape) || !shape.every(isSize)) {
    throw new SafetensorsError(`expected sizes as its shape, got ${JSON.stringify(shape)}`, name);
  }
  const [from, to] = Array.isArray(offsets) && offsets.length === 2 ? offsets : [];
  if (!isSize(from) || !isSize(to) || to < from) {
    throw new SafetensorsError(`expected two offsets, got ${JSON.stringify(offsets)}`, name);
  }
  const size = shape.reduce((a, b) => a * b, formats[dtype].bytes);
  if (to - from !== size) {
    throw new SafetensorsError(
      `expected ${size} bytes for ${dtype} of shape [${shape}], got ${to - from}`,
      name,
    );
  }
  return { dtype, shape, from, to };
}

/**
 * Writes tensors to a file. The file is replaced as a whole, so that an interruption leaves the old
 * one as it was.
 *
 * @param path The file
 * @param tensors The tensors by name
 * @param metadata Notes for whoever reads the file
 */
export async function saveSafetensors(
  path: string,
  tensors: Readonly<Record<string, StoredTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const bytes = encodeSafetensors(tensors, metadata);
  const unfinished = `${path}.part`;
  await Deno.writeFile(unfinished, bytes);
  await Deno.rename(unfinished, path);
}

/**
 * Reads tensors from a file.
 *
 * @param path The file
 * @returns The tensors and the notes
 * @throws {SafetensorsError} If the file breaks the rules of the format
 */
export async function loadSafetensors(path: string): Promise<TensorFile> {
  return decodeSafetensors(await Deno.readFile(path));
}
