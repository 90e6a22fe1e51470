/**
 * Compressed bytes, as many as are promised and no more: a small file may hold a great many zeros.
 *
 * @module
 */

/** Uncompresses bytes. Throws a SyntaxError where they are damaged or hold more than `most` bytes. */
export async function inflate(
  bytes: Uint8Array<ArrayBuffer>,
  format: "gzip" | "deflate-raw",
  most: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  const stream = new DecompressionStream(format);
  const writer = stream.writable.getWriter();
  // What goes wrong with the input shows at the output, too.
  const fed = writer.write(bytes).then(() => writer.close()).catch(() => {});
  const reader = stream.readable.getReader();
  try {
    while (true) {
      const { done, value } = await reader.read();
      if (done) break;
      length += value.length;
      if (length > most) break;
      parts.push(value as Uint8Array<ArrayBuffer>);
    }
  } catch (cause) {
    throw new SyntaxError(`its compressed data cannot be read (${(cause as Error).message})`, {
      cause,
    });
  } finally {
    await reader.cancel().catch(() => {});
    await fed;
  }
  if (length > most) throw new SyntaxError(`its compressed data hold more than ${most} bytes`);
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
