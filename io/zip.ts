/**
 * Zip archives, as far as files of arrays need them: entries that are stored or deflated, sizes of 64 bits,
 * checksums.
 *
 * @module
 */

import { FileFormatError } from "../core/base/errors.ts";
import { inflate } from "./inflate.ts";
import { shown } from "./strict_json.ts";

/** A file in an archive. */
interface ZipEntry {
  /** Its name. */
  readonly name: string;
  /** Its contents. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const LOCAL = 0x04034b50, CENTRAL = 0x02014b50, END = 0x06054b50;
const END64 = 0x06064b50, LOCATOR64 = 0x07064b50;
/** Stands in a field of 32 bits for a number that is in a field of 64 bits. */
const ELSEWHERE = 0xffffffff;
/** Names are in UTF-8. */
const UTF8 = 1 << 11;
/** 1 January 1980, the first day that the format has: the same contents give the same bytes. */
const DAY = 0x21;

let table: Uint32Array | null = null;

/** The checksum of the format, CRC-32. */
export function crc32(bytes: Uint8Array): number {
  table ??= Uint32Array.from({ length: 256 }, (_, n) => {
    for (let bit = 0; bit < 8; bit++) n = n & 1 ? n >>> 1 ^ 0xedb88320 : n >>> 1;
    return n;
  });
  let crc = ~0;
  for (let i = 0; i < bytes.length; i++) crc = crc >>> 8 ^ table[(crc ^ bytes[i]!) & 0xff]!;
  return ~crc >>> 0;
}

/** The bytes of an archive whose entries are stored as they are. Throws a RangeError beyond 4 GiB. */
export function encodeZip(entries: readonly ZipEntry[]): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const files = entries.map(({ name, bytes }) => ({ name: encoder.encode(name), bytes }));
  const size = files.reduce(
    (sum, { name, bytes }) => sum + 76 + 2 * name.length + bytes.length,
    22,
  );
  if (size >= ELSEWHERE || files.length >= 0xffff) {
    throw new RangeError(
      `Cannot write an archive of ${size} bytes with ${files.length} files: expected less than 4 GiB ` +
        `and 65535 files; safetensors files may be larger`,
    );
  }
  const out = new Uint8Array(size), view = new DataView(out.buffer);
  let at = 0;
  const put = (...fields: [bytes: 2 | 4, value: number][]) => {
    for (const [bytes, value] of fields) {
      if (bytes === 2) view.setUint16(at, value, true);
      else view.setUint32(at, value, true);
      at += bytes;
    }
  };
  const putBytes = (bytes: Uint8Array) => {
    out.set(bytes, at);
    at += bytes.length;
  };
  const central = files.map(({ name, bytes }) => {
    const start = at;
    const common: [2 | 4, number][] = [
      [2, 20],
      [2, UTF8],
      [2, 0],
      [2, 0],
      [2, DAY],
      [4, crc32(bytes)],
      [4, bytes.length],
      [4, bytes.length],
      [2, name.length],
      [2, 0],
    ];
    put([4, LOCAL], ...common);
    putBytes(name);
    putBytes(bytes);
    return { name, start, common };
  });
  const directory = at;
  for (const { name, start, common } of central) {
    put([4, CENTRAL], [2, 20], ...common, [2, 0], [2, 0], [2, 0], [4, 0], [4, start]);
    putBytes(name);
  }
  const length = at - directory, count = files.length;
  put([4, END], [2, 0], [2, 0], [2, count], [2, count], [4, length], [4, directory], [2, 0]);
  return out;
}

function wrong(detail: string, part?: string, cause?: unknown): FileFormatError {
  return new FileFormatError(
    part === undefined ? "zip archive" : `${shown(part)} of a zip archive`,
    detail,
    { ...(part === undefined ? {} : { part }), ...(cause === undefined ? {} : { cause }) },
  );
}

/** A place in the archive that is checked before it is read. */
class Reader {
  readonly #view: DataView;

  constructor(readonly bytes: Uint8Array<ArrayBuffer>) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  number(at: number, size: 2 | 4 | 8): number {
    if (!(at >= 0 && at + size <= this.bytes.length)) {
      throw wrong(`it ends too early, at byte ${this.bytes.length}`);
    }
    if (size === 2) return this.#view.getUint16(at, true);
    if (size === 4) return this.#view.getUint32(at, true);
    return Number(this.#view.getBigUint64(at, true));
  }

  part(at: number, length: number): Uint8Array<ArrayBuffer> {
    if (!(at >= 0 && at + length <= this.bytes.length)) {
      throw wrong(`it ends too early, at byte ${this.bytes.length}`);
    }
    return this.bytes.subarray(at, at + length);
  }
}

/** Where the directory is, and how many entries it has. */
function directoryOf(reader: Reader): { at: number; count: number } {
  const { length } = reader.bytes;
  // A comment of up to 64 KiB may follow the end record.
  for (let end = length - 22; end >= Math.max(0, length - 22 - 0xffff); end--) {
    if (reader.number(end, 4) !== END) continue;
    if (end + 22 + reader.number(end + 20, 2) !== length) continue;
    const at = reader.number(end + 16, 4), count = reader.number(end + 10, 2);
    if (at !== ELSEWHERE && count !== 0xffff) return { at, count };
    if (end < 20 || reader.number(end - 20, 4) !== LOCATOR64) return { at, count };
    const end64 = reader.number(end - 12, 8);
    if (reader.number(end64, 4) !== END64) throw wrong("its directory is not where it should be");
    return { at: reader.number(end64 + 48, 8), count: reader.number(end64 + 32, 8) };
  }
  throw wrong("it has no directory at its end");
}

/** What the directory says of an entry. */
interface Listed {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly start: number;
}

function listed(reader: Reader, at: number): { entry: Listed; next: number } {
  if (reader.number(at, 4) !== CENTRAL) throw wrong(`expected an entry of its directory at ${at}`);
  const nameLength = reader.number(at + 28, 2), extraLength = reader.number(at + 30, 2);
  const name = new TextDecoder().decode(reader.part(at + 46, nameLength));
  const fields = {
    size: reader.number(at + 24, 4),
    packed: reader.number(at + 20, 4),
    start: reader.number(at + 42, 4),
  };
  const extras = at + 46 + nameLength;
  for (let extra = extras; extra + 4 <= extras + extraLength;) {
    const id = reader.number(extra, 2), length = reader.number(extra + 2, 2);
    let field = extra + 4;
    for (const key of id === 1 ? ["size", "packed", "start"] as const : []) {
      if (fields[key] !== ELSEWHERE) continue;
      fields[key] = reader.number(field, 8);
      field += 8;
    }
    extra += 4 + length;
  }
  const entry: Listed = {
    name,
    ...fields,
    flags: reader.number(at + 8, 2),
    method: reader.number(at + 10, 2),
    crc: reader.number(at + 16, 4),
  };
  const next = extras + extraLength + reader.number(at + 32, 2);
  return { entry, next };
}

async function contents(reader: Reader, entry: Listed): Promise<Uint8Array<ArrayBuffer>> {
  const { name, start, packed, size, method } = entry;
  if (entry.flags & 1) throw wrong("it is encrypted", name);
  if (reader.number(start, 4) !== LOCAL) throw wrong(`it is not at byte ${start}`, name);
  const from = start + 30 + reader.number(start + 26, 2) + reader.number(start + 28, 2);
  const raw = reader.part(from, packed);
  if (method !== 0 && method !== 8) {
    throw wrong(`it is compressed by method ${method}: expected 0 (stored) or 8 (deflated)`, name);
  }
  let bytes = raw;
  if (method === 8) {
    try {
      bytes = await inflate(raw, "deflate-raw", size);
    } catch (cause) {
      throw wrong((cause as Error).message, name, cause);
    }
  }
  if (bytes.length !== size) throw wrong(`expected ${size} bytes, got ${bytes.length}`, name);
  const crc = crc32(bytes);
  if (crc !== entry.crc) {
    const hex = (n: number) => n.toString(16).padStart(8, "0");
    throw wrong(`its checksum is ${hex(crc)}, expected ${hex(entry.crc)}`, name);
  }
  return bytes;
}

/** The entries of an archive. Throws a FileFormatError if it is damaged. */
export async function decodeZip(bytes: Uint8Array<ArrayBuffer>): Promise<ZipEntry[]> {
  const reader = new Reader(bytes);
  const { at, count } = directoryOf(reader);
  const entries: Listed[] = [];
  for (let i = 0, place = at; i < count; i++) {
    const { entry, next } = listed(reader, place);
    entries.push(entry);
    place = next;
  }
  const found: ZipEntry[] = [];
  for (const entry of entries) {
    found.push({ name: entry.name, bytes: await contents(reader, entry) });
  }
  return found;
}
