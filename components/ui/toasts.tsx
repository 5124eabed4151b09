"use client";
import * as Radix from "@radix-ui/react-toast";
import { clsx } from "clsx";
import { Icon } from "#components/ui/icon.tsx";
import { dismissToast, type ShownToast } from "./toast.tsx";
import { toneText } from "./tone.ts";

/** The messages that are up; each goes by itself, or when it is dismissed. */
export function Toasts({ messages }: { readonly messages: readonly ShownToast[] }) {
  return (
    <Radix.Provider label="Notification" swipeDirection="right">
      {messages.map((message) => (
        <Radix.Root
          key={message.id}
          type={message.tone === "bad" ? "foreground" : "background"}
          duration={message.tone === "bad" ? 12_000 : 6_000}
          onOpenChange={(open) => (open ? undefined : dismissToast(message.id))}
          className="flex animate-appear items-start gap-3 rounded-lg border border-line bg-surface p-4 shadow-floating"
        >
          <div className="min-w-0 flex-1">
            <Radix.Title className={clsx("text-sm font-semibold", toneText[message.tone])}>{message.title}</Radix.Title>
            {message.description ? (
              <Radix.Description className="mt-0.5 text-sm text-muted">{message.description}</Radix.Description>
            ) : null}
          </div>
          <Radix.Close
            aria-label="Dismiss"
            className="-m-1 grid size-7 place-items-center rounded-md text-muted hover:bg-sunken hover:text-ink"
          >
            <Icon name="x" className="size-4" />
          </Radix.Close>
        </Radix.Root>
      ))}
      <Radix.Viewport className="fixed right-4 bottom-4 z-50 grid w-[calc(100vw-2rem)] max-w-sm gap-2" />
    </Radix.Provider>
  );
}
