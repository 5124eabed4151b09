import type { Tone } from "./tone.ts";

export interface ToastMessage {
  readonly tone: Extract<Tone, "good" | "bad" | "info">;
  readonly title: string;
  readonly description?: string;
}

export type ShownToast = ToastMessage & { readonly id: number };

let shown: readonly ShownToast[] = [];
let nextId = 1;
const listeners = new Set<() => void>();

function publish(next: readonly ShownToast[]): void {
  shown = next;
  for (const listener of listeners) listener();
}

/** For useSyncExternalStore. */
export function subscribeToToasts(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Says what came of an action where the page does not show it. Errors of a form's fields stand at the fields instead. */
export function toast(message: ToastMessage): void {
  publish([...shown.slice(-2), { ...message, id: nextId++ }]);
}

/** Takes a message away. */
export function dismissToast(id: number): void {
  publish(shown.filter((other) => other.id !== id));
}

/** The messages that are up, the latest last. */
export const shownToasts = (): readonly ShownToast[] => shown;
