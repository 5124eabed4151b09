/**
 * Gives the memory of arrays back at once, which nobody uses any more: the collector hardly sees what lies outside of its heap, and would keep
 * dozens of them. Memory that arrays share with others than these is left.
 */
export function freeNow(...arrays: readonly { readonly buffer: ArrayBufferLike; readonly byteLength: number }[]): void {
  const bytes = new Map<ArrayBufferLike, number>();
  for (const { buffer, byteLength } of arrays) bytes.set(buffer, (bytes.get(buffer) ?? 0) + byteLength);
  for (const [buffer, used] of bytes) if (buffer instanceof ArrayBuffer && used >= most * buffer.byteLength) buffer.transfer(0);
}

/** Small buffers are cut of a larger one that others are cut of, too. */
const most = 0.9;
