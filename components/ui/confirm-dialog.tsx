"use client";
import * as Radix from "@radix-ui/react-alert-dialog";
import { type ReactNode, useState } from "react";
import { Button } from "./button.tsx";
import { footerClass, overlayClass, panelClass, useReturnFocus } from "./dialog.tsx";
import { FormErrorSummary } from "./form-error-summary.tsx";

export interface ConfirmDialogProps {
  /** The button that asks; focus returns to it. Left out where `asked` opens it. */
  readonly trigger?: ReactNode;
  /** Opens it from elsewhere, such as a menu. */
  readonly asked?: { readonly open: boolean; readonly onOpenChange: (open: boolean) => void };
  readonly title: ReactNode;
  /** What will happen, with numbers, and whether it can be taken back. */
  readonly children: ReactNode;
  /** Names the thing and the number: "Deactivate 214 learners". */
  readonly confirmLabel: string;
  readonly tone: "danger" | "primary";
  /** Resolves to null when done (the dialog closes), to a sentence when it could not be done (the dialog stays and says so). */
  readonly onConfirm: () => Promise<string | null>;
}

export function ConfirmDialog({ trigger, asked, title, children, confirmLabel, tone, onConfirm }: ConfirmDialogProps) {
  const [isOpen, setIsOpen] = useState(false);
  const open = asked?.open ?? isOpen;
  const setOpen = asked?.onOpenChange ?? setIsOpen;
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const returnFocus = useReturnFocus();
  const change = (next: boolean) => {
    if (pending) return;
    setOpen(next);
    setError(null);
  };
  const confirm = async () => {
    setPending(true);
    setError(null);
    try {
      const refusal = await onConfirm();
      if (refusal === null) setOpen(false);
      else setError(refusal);
    } catch {
      setError("Something went wrong and nothing was changed. Try again.");
    } finally {
      setPending(false);
    }
  };
  return (
    <Radix.Root open={open} onOpenChange={change}>
      {trigger ? <Radix.Trigger asChild>{trigger}</Radix.Trigger> : null}
      <Radix.Portal>
        <Radix.Overlay className={overlayClass} />
        <Radix.Content className={panelClass} {...(trigger ? {} : returnFocus)}>
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
