import { formatCount } from "#lib/platform/format/number.ts";
import type { Ringing } from "./ringing.ts";

/** What is open in the district now. */
export async function fetchOpen(url: string, signal: AbortSignal): Promise<readonly Ringing[]> {
  const response = await fetch(url, { signal, cache: "no-store" });
  if (!response.ok) throw new Error(`incidents: ${response.status}`);
  return ((await response.json()) as { readonly incidents: readonly Ringing[] }).incidents;
}

/** What is said aloud of it: what has come, or that everything is over; null where nothing is. */
export function newsOf(before: readonly Ringing[], open: readonly Ringing[]): string | null {
  const news = open.filter(({ id }) => before.every((one) => one.id !== id));
  const [first] = news;
  if (first) return news.length === 1 ? first.title : `${formatCount(news.length, "new notification")}: ${first.title}`;
  return open.length === 0 && before.length > 0 ? "Nothing is open any more." : null;
}
