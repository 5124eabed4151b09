import type { HttpClient } from "#lib/engine/sis/http.ts";

/** Passes a test's steps on, and ends the client's connections after the last, or when nobody listens any more. */
export async function* closingAfter<T>(http: HttpClient, steps: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* steps;
  } finally {
    http.close();
  }
}
