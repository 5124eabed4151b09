"use client";
import { useState } from "react";
import { toast } from "#components/ui/toast.tsx";

export interface SignOutButtonProps {
  readonly to: string;
  readonly label: string;
  /** How it is drawn: the page that refuses somebody is loaded with every other, and says it once for all its buttons. */
  readonly className: string;
}

export function SignOutButton({ to, label, className }: SignOutButtonProps) {
  const [pending, setPending] = useState(false);
  const go = async () => {
    setPending(true);
    try {
      const { leave } = await import("./auth-client.ts");
      await leave(to);
    } catch {
      setPending(false);
      toast({ tone: "bad", title: "You are still signed in", description: "The server did not answer. Try again." });
    }
  };
  return (
    <button
      type="button"
      aria-disabled={pending || undefined}
      aria-busy={pending || undefined}
      onClick={pending ? undefined : go}
      className={className}
    >
      {label}
    </button>
  );
}
