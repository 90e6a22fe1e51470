/** A growable byte buffer that writes the primitive encodings of the WebAssembly binary format. */

const ENCODER = new TextEncoder();

/** Appends bytes, LEB128 integers, floats and names to a buffer that doubles when full. */
export class ByteWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;

  /**
   * Makes an empty writer.
   *
   * @param capacity How many bytes to reserve at first.
   */
  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity);
  }

  /** How many bytes have been written. */
  get length(): number {
    return this.#length;
  }

  #grow(extra: number): void {
    const wanted = Math.max(this.#length + extra, 2 * this.#bytes.length);
    const bytes = new Uint8Array(wanted);
    bytes.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = bytes;
  }

  /** Writes one byte. */
  u8(value: number): void {
    if (this.#length === this.#bytes.length) this.#grow(1);
    this.#bytes[this.#length++] = value;
  }

  /** Writes an unsigned 32-bit integer as LEB128; negative numbers are taken modulo 2³². */
  u32(value: number): void {
    let rest = value >>> 0;
    if (this.#length + 5 > this.#bytes.length) this.#grow(5);
    while (rest > 0x7f) {
      this.#bytes[this.#length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#bytes[this.#length++] = rest;
  }

  /** Writes a signed 32-bit integer as LEB128; numbers up to 2³² − 1 are taken modulo 2³². */
  s32(value: number): void {
    let rest = value | 0;
    if (this.#length + 5 > this.#bytes.length) this.#grow(5);
    while (rest < -0x40 || rest > 0x3f) {
      this.#bytes[this.#length++] = (rest & 0x7f) | 0x80;
      rest >>= 7;
    }
    this.#bytes[this.#length++] = rest & 0x7f;
  }

  /** Writes a signed 64-bit integer as LEB128; larger values are taken modulo 2⁶⁴. */
  s64(value: bigint): void {
    let rest = BigInt.asIntN(64, value);
    while (rest < -0x40n || rest > 0x3fn) {
      this.u8(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.u8(Number(rest & 0x7fn));
  }

  /** Writes a 32-bit float, keeping NaN as the canonical quiet NaN. */
  f32(value: number): void {
    if (this.#length + 4 > this.#bytes.length) this.#grow(4);
    FLOATS.setFloat32(0, value, true);
    for (let i = 0; i < 4; i++) {
      this.#bytes[this.#length++] = FLOATS.getUint8(i);
    }
  }

  /** Writes a 64-bit float. */
  f64(value: number): void {
    if (this.#length + 8 > this.#bytes.length) this.#grow(8);
    FLOATS.setFloat64(0, value, true);
    for (let i = 0; i < 8; i++) {
      this.#bytes[this.#length++] = FLOATS.getUint8(i);
    }
  }

  /** Writes bytes as they are. */
  bytes(values: Uint8Array): void {
    if (this.#length + values.length > this.#bytes.length) {
      this.#grow(values.length);
    }
    this.#bytes.set(values, this.#length);
    this.#length += values.length;
  }

  /** Writes a byte string preceded by its length. */
  vector(values: Uint8Array): void {
    this.u32(values.length);
    this.bytes(values);
  }

  /** Writes a UTF-8 name preceded by its length. */
  name(text: string): void {
    this.vector(ENCODER.encode(text));
  }

  /** What has been written, as a view that later writes may invalidate. */
  view(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }
}

const FLOATS = new DataView(new ArrayBuffer(8));
