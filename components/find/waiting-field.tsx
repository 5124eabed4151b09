import type { KeyboardEvent } from "react";
import { createPortal } from "react-dom";
import { Icon } from "#components/ui/icon.tsx";
import { fieldHint, fieldProps } from "./looks.ts";

export interface WaitingFieldProps {
  readonly label: string;
  readonly text: string;
  readonly onType: (text: string) => void;
  readonly onClose: () => void;
}

/** The field of the search while the search itself is being fetched: one types at once, and it goes on with what was typed. */
export function WaitingField({ label, text, onType, onClose }: WaitingFieldProps) {
  const pressed = (event: KeyboardEvent) => {
    if (event.key === "Escape") onClose();
    // There is nothing else in it to go to.
    else if (event.key !== "Tab") return;
    event.preventDefault();
  };
  return createPortal(
    <>
      <div aria-hidden className="fixed inset-0 z-40 bg-shade" onPointerDown={onClose} />
      <div role="dialog" aria-modal aria-label="Find" className="find-box md:min-h-[33rem]">
        <div className="find-line">
          <Icon name="search" className="size-4.5 shrink-0 text-muted" />
          <input
            {...fieldProps}
            role="combobox"
            // biome-ignore lint/a11y/noAutofocus: it was opened to type into
            autoFocus
            aria-label={label}
            aria-expanded={false}
            placeholder={fieldHint}
            value={text}
            onChange={(event) => onType(event.target.value)}
            onKeyDown={pressed}
          />
        </div>
      </div>
    </>,
    document.body,
  );
}
