"use client";
import * as Dialog from "@radix-ui/react-dialog";
import { useRouter } from "next/navigation";
import { type KeyboardEvent, useId, useState } from "react";
import type { Outcome } from "#components/runs/start-run.tsx";
import { Queries } from "#components/shell/queries.tsx";
import { giveFocusBack } from "#components/ui/give-focus-back.ts";
import { Icon } from "#components/ui/icon.tsx";
import { overlayClass } from "#components/ui/overlay.ts";
import { formatCount } from "#lib/platform/format/number.ts";
import { AboutPane } from "./about-pane.tsx";
import { ConfirmSync } from "./confirm-sync.tsx";
import { Keys } from "./keys.tsx";
import { fieldHint, fieldProps } from "./looks.ts";
import { OptionList } from "./option-list.tsx";
import type { FindDeed, FindOption } from "./types.ts";
import { useFind } from "./use-find.ts";

export interface PaletteProps {
  /** What can be found, as its field is called: "Find a person, class or school". */
  readonly label: string;
  /** Answers a search, posted to it. */
  readonly findUrl: string;
  /** Answers what is known of one thing that was found; `kind` and `ref` go into its query. */
  readonly aboutUrl: string;
  /** Runs a sync of an integration; the second time, during a blackout, once that was confirmed. */
  readonly startRun: (integrationId: string, kind: "sync", duringBlackout: boolean) => Promise<Outcome>;
  /** What was typed before the search was there. */
  readonly typed: string;
  /** Whatever had the focus as the search was asked for: the dialog has no trigger of its own to give it back to. */
  readonly opener: Element | null;
  readonly onClose: () => void;
}

/** The search in a dialog: what is found as one types, and beside it what is known of the one that is marked. */
export function Palette(props: PaletteProps) {
  return (
    <Queries>
      <PaletteDialog {...props} />
    </Queries>
  );
}

function PaletteDialog({ label, findUrl, aboutUrl, startRun, typed, opener, onClose }: PaletteProps) {
  const router = useRouter();
  const listId = useId();
  const [text, setText] = useState(typed);
  const [choosing, setChoosing] = useState<string | null>(null);
  const [toSync, setToSync] = useState<Extract<FindDeed, { kind: "sync" }> | null>(null);
  const [copied, setCopied] = useState("");
  const { groups, words, isBusy, failed, active, move, mark } = useFind(findUrl, text, choosing !== null);
  const says = failed ? "The search did not answer. Type on to try again." : isBusy ? "" : nobody(text, choosing);
  const count = groups.reduce((sum, { options }) => sum + options.length, 0);

  const open = (option: FindOption) => {
    if (option.deed?.kind === "choose") {
      setChoosing(option.deed.what);
      setText("");
      return;
    }
    if (option.deed?.kind === "sync") {
      setToSync(option.deed);
      return;
    }
    onClose();
    router.push(option.href);
  };
  const isListed = toSync === null;
  const pressed = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") move(event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Enter" && active && (event.metaKey || event.ctrlKey)) void copyLink(active.href).then(setCopied);
    else if (event.key === "Enter" && active) open(active);
    else if (event.key === "Backspace" && text === "" && choosing !== null) setChoosing(null);
    else return;
    event.preventDefault();
  };

  return (
    <Dialog.Root open onOpenChange={(next) => (next ? undefined : onClose())}>
      <Dialog.Portal>
        <Dialog.Overlay className={overlayClass} />
        <Dialog.Content
          aria-describedby={undefined}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            giveFocusBack(opener, { preventScroll: true });
          }}
          className="find-box"
        >
          <Dialog.Title className="sr-only">Find</Dialog.Title>
          <div className="find-line">
            <Icon name="search" className="size-4.5 shrink-0 text-muted" />
            {choosing === null ? null : (
              <span className="rounded-sm bg-accent-soft px-2 py-0.5 text-small whitespace-nowrap text-accent-strong">{choosing}</span>
            )}
            <input
              {...fieldProps}
              role="combobox"
              // biome-ignore lint/a11y/noAutofocus: it was opened to type into
              autoFocus
              aria-label={choosing === null ? label : `${choosing}: whom?`}
              aria-expanded={isListed && groups.length > 0}
              aria-controls={isListed ? listId : undefined}
              aria-activedescendant={isListed && active ? `${listId}-${active.key}` : undefined}
              value={text}
              placeholder={choosing === null ? fieldHint : "Whom?"}
              onChange={(event) => {
                setText(event.target.value);
                setCopied("");
              }}
              onKeyDown={pressed}
            />
            <Dialog.Close
              aria-label="Close"
              className="grid h-10 min-w-10 shrink-0 place-items-center rounded-md text-muted hover:bg-sunken hover:text-ink"
            >
              <Icon name="x" className="size-4 md:hidden" />
              <kbd aria-hidden className="hidden rounded-sm border border-line px-1.5 font-sans text-[0.6875rem] leading-5 md:inline">
                Esc
              </kbd>
            </Dialog.Close>
          </div>
          {isListed ? (
            <div className="grid min-h-0 flex-1 md:min-h-[27rem] md:grid-cols-[minmax(0,1fr)_21rem]">
              <OptionList
                id={listId}
                groups={groups}
                words={words}
                active={active}
                says={says}
                onMark={(key) => {
                  setCopied("");
                  mark(key);
                }}
                onOpen={open}
              />
              <AboutPane url={aboutUrl} of={active?.about ?? null} onLeave={onClose} />
            </div>
          ) : (
            <ConfirmSync
              name={toSync.integrationName}
              start={(duringBlackout) => startRun(toSync.integrationId, "sync", duringBlackout)}
              onDone={(href) => {
                onClose();
                router.push(href);
              }}
              onBack={() => setToSync(null)}
            />
          )}
          <Keys copied={copied} />
          {/* The page's own announcer is hidden with the page while the dialog is open. */}
          <div role="status" aria-label="Results" className="sr-only">
            {copied || (count > 0 ? (isBusy || text.trim() === "" ? "" : formatCount(count, "result")) : says)}
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function nobody(text: string, choosing: string | null): string {
  return text.trim() === "" && choosing !== null ? "Type a name, number, email or SIS id." : "Nothing is found.";
}

/** What came of it. */
async function copyLink(href: string): Promise<string> {
  try {
    await navigator.clipboard.writeText(new URL(href, window.location.href).href);
    return "Link copied";
  } catch {
    return "The browser does not let the link be copied";
  }
}
