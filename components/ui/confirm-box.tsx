"use client";
import * as Radix from "@radix-ui/react-alert-dialog";
import { type ReactNode, type RefObject, useState } from "react";
import { unreachable } from "#components/settings/result.ts";
import { Button } from "./button.tsx";
import { FormErrorSummary } from "./form-error-summary.tsx";
import { footerClass, overlayClass, panelClass } from "./overlay.ts";
import { useReturnFocus } from "./use-return-focus.ts";

export interface ConfirmBoxProps {
  readonly onOpenChange: (open: boolean) => void;
  readonly title: ReactNode;
  /** What will happen, with numbers, and whether it can be taken back. */
  readonly children: ReactNode;
  /** Names the thing and the number: "Deactivate 214 learners". */
  readonly confirmLabel: string;
  readonly tone: "danger" | "primary";
  /** Resolves to null when done (the dialog closes), to a sentence when it could not be done (the dialog stays and says so). */
  readonly onConfirm: () => Promise<string | null>;
  /** The button that opened it. */
  readonly pressed: RefObject<HTMLElement | null>;
}

/** What a `ConfirmDialog` is while it is open. */
export function ConfirmBox({ onOpenChange, title, children, confirmLabel, tone, onConfirm, pressed }: ConfirmBoxProps) {
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const returnFocus = useReturnFocus(pressed);
  const confirm = async () => {
    setPending(true);
    setError(null);
    try {
      const refusal = await onConfirm();
      if (refusal === null) onOpenChange(false);
      else setError(refusal);
    } catch {
      setError(unreachable.message);
    } finally {
      setPending(false);
    }
  };
  return (
    <Radix.Root open onOpenChange={(next) => (pending ? undefined : onOpenChange(next))}>
      <Radix.Portal>
        <Radix.Overlay className={overlayClass} />
        <Radix.Content className={panelClass} {...returnFocus}>
          <Radix.Title className="text-title">{title}</Radix.Title>
          <Radix.Description asChild>
            <div className="mt-2 grid gap-2 text-sm text-pretty text-soft">{children}</div>
          </Radix.Description>
          {error === null ? null : (
            <div className="mt-4">
              <FormErrorSummary message={error} />
            </div>
          )}
          <div className={footerClass}>
            <Radix.Cancel asChild>
              <Button>Cancel</Button>
            </Radix.Cancel>
            <Button variant={tone} pending={pending} onClick={confirm}>
              {confirmLabel}
            </Button>
          </div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
