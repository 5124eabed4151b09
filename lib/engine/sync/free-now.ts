/**
 * Gives the memory of arrays back at once, which nobody uses any more: the collector hardly sees what lies outside of its heap, and would keep
 * dozens of them. One that shares its memory with others is left.
 */
export function freeNow(...arrays: readonly { readonly buffer: ArrayBufferLike; readonly byteLength: number }[]): void {
  for (const { buffer, byteLength } of arrays)
    if (buffer instanceof ArrayBuffer && byteLength >= most * buffer.byteLength) buffer.transfer(0);
}

/** Small buffers are cut of a larger one that others are cut of, too. */
const most = 0.9;
