/**
 * Compressed bytes, as many as are promised and no more: a small file may hold a great many zeros.
 *
 * @module
 */

/** So many bytes are uncompressed at once: engines hold all that comes of them, at most a thousand times as much. */
const PIECE = 16_384;

/**
 * Uncompresses bytes. Throws a SyntaxError where they are damaged or hold more than `most` bytes, unless
 * no more than the first of them are asked for.
 */
export async function inflate(
  bytes: Uint8Array<ArrayBuffer>,
  format: "gzip" | "deflate" | "deflate-raw",
  most: number,
  { onlyStart = false } = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  const stream = new DecompressionStream(format);
  const writer = stream.writable.getWriter();
  // What goes wrong with the input shows at the output, too.
  const feed = async () => {
    for (let at = 0; at < bytes.length; at += PIECE) {
      await writer.write(bytes.subarray(at, at + PIECE));
    }
    await writer.close();
  };
  const fed = feed().catch(() => {});
  const reader = stream.readable.getReader();
  try {
    while (true) {
      const { done, value } = await reader.read();
      if (done) break;
      parts.push(value as Uint8Array<ArrayBuffer>);
      length += value.length;
      if (length > most || onlyStart && length === most) break;
    }
  } catch (cause) {
    throw new SyntaxError(`its compressed data cannot be read (${(cause as Error).message})`, {
      cause,
    });
  } finally {
    await reader.cancel().catch(() => {});
    await fed;
  }
  if (length > most && !onlyStart) {
    throw new SyntaxError(`its compressed data hold more than ${most} bytes`);
  }
  const all = new Uint8Array(Math.min(length, most));
  let at = 0;
  for (const part of parts) {
    all.set(part.subarray(0, all.length - at), at);
    at += part.length;
  }
  return all;
}
