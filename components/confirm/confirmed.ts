/** One question at a time: whoever asks waits for the dialog that components/confirm/confirm-host.tsx draws. */
interface Asked {
  readonly why: string;
  readonly answer: (isConfirmed: boolean) => void;
}

let asked: Asked | null = null;
const listeners = new Set<() => void>();

function publish(next: Asked | null): void {
  asked = next;
  for (const listener of listeners) listener();
}

/** For useSyncExternalStore. */
export function subscribeToAsked(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
export const whatIsAsked = (): Asked | null => asked;

function ask(why: string): Promise<boolean> {
  // Whoever was asked before is answered: two dialogs would say the same.
  asked?.answer(false);
  return new Promise((resolve) =>
    publish({
      why,
      answer: (isConfirmed) => {
        publish(null);
        resolve(isConfirmed);
      },
    }),
  );
}

type Answered = { readonly ok: true } | { readonly ok: false; readonly code?: string; readonly message: string };

/**
 * An action that may have to ask who it is (lib/services/accounts/confirm.ts): where the answer says so, the dialog opens, and what was asked
 * for is asked again with the same values. Whoever closes the dialog has the refusal as it came.
 */
export function confirmed<Args extends readonly unknown[], Result extends Answered>(
  act: (...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result> {
  return async (...args) => {
    const answer = await act(...args);
    if (answer.ok || answer.code !== "confirm") return answer;
    return (await ask(answer.message)) ? act(...args) : answer;
  };
}
