"use client";
import { AlertDialog } from "#components/ui/alert-dialog.tsx";
import { Copyable } from "#components/ui/code.tsx";

export interface OneTimePasswordProps {
  readonly issued: { readonly who: string; readonly password: string } | null;
  readonly onClose: () => void;
}

/** Shown once: it is stored nowhere in a form that could be read again. */
export function OneTimePassword({ issued, onClose }: OneTimePasswordProps) {
  return (
    <AlertDialog open={issued !== null} onClose={onClose} title={`Password for ${issued?.who ?? ""}`} closeLabel="I have copied it">
      <p>This password is shown only now. Hand it over in person or by phone, and ask them to change it under Settings after signing in.</p>
      <p>
        <Copyable value={issued?.password ?? ""} label="password" />
      </p>
    </AlertDialog>
  );
}
