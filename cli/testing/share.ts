/**
 * Test-only: so many of them, spread over the list; which ones is drawn from AIVO_SEED. For what is tried
 * whole by a command of its own (README.md).
 */
export function share<T>(all: readonly T[], count: number): readonly T[] {
  const start = Number(process.env.AIVO_SEED) % all.length;
  const places = Array.from({ length: Math.min(count, all.length) }, (_, n) => (start + Math.floor((n * all.length) / count)) % all.length);
  return places.sort((a, b) => a - b).flatMap((place) => all.slice(place, place + 1));
}
