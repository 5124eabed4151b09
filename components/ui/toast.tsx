"use client";
import * as Radix from "@radix-ui/react-toast";
import { clsx } from "clsx";
import { X } from "lucide-react";
import { useSyncExternalStore } from "react";
import { type Tone, toneText } from "./tone.ts";

export interface ToastMessage {
  readonly tone: Extract<Tone, "good" | "bad" | "info">;
  readonly title: string;
  readonly description?: string;
}

type Shown = ToastMessage & { readonly id: number };

let shown: readonly Shown[] = [];
let nextId = 1;
const listeners = new Set<() => void>();
const none: readonly Shown[] = [];

function publish(next: readonly Shown[]): void {
  shown = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Says what came of an action where the page does not show it. Errors of a form's fields stand at the fields instead. */
export function toast(message: ToastMessage): void {
  publish([...shown.slice(-2), { ...message, id: nextId++ }]);
}

export function Toaster() {
  const messages = useSyncExternalStore(
    subscribe,
    () => shown,
    () => none,
  );
  return (
    <Radix.Provider label="Notification" swipeDirection="right">
      {messages.map((message) => (
        <Radix.Root
          key={message.id}
          type={message.tone === "bad" ? "foreground" : "background"}
          duration={message.tone === "bad" ? 12_000 : 6_000}
          onOpenChange={(open) => (open ? undefined : publish(shown.filter((other) => other.id !== message.id)))}
          className="flex animate-appear items-start gap-3 rounded-lg border border-line bg-surface py-3 pr-3 pl-4 shadow-floating"
        >
          <div className="min-w-0 flex-1">
            <Radix.Title className={clsx("text-sm font-strong", toneText[message.tone])}>{message.title}</Radix.Title>
            {message.description ? (
              <Radix.Description className="mt-0.5 text-small text-muted">{message.description}</Radix.Description>
            ) : null}
          </div>
          <Radix.Close
            aria-label="Dismiss"
            className="-m-1 grid size-7 place-items-center rounded-md text-muted hover:bg-sunken hover:text-ink"
          >
            <X aria-hidden className="size-4" />
          </Radix.Close>
        </Radix.Root>
      ))}
      <Radix.Viewport className="fixed right-4 bottom-4 z-50 grid w-[calc(100vw-2rem)] max-w-sm gap-2" />
    </Radix.Provider>
  );
}
