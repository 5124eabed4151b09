"use client";
import { useState } from "react";
import { looks } from "#components/ui/button-looks.ts";
import { toast } from "#components/ui/toast.tsx";
import { leave } from "./auth-client.ts";

/** Stands on the page that refuses somebody, which is loaded with every other: it draws its button itself. */
export function SignOutButton({ to, label = "Sign out" }: { readonly to: string; readonly label?: string }) {
  const [pending, setPending] = useState(false);
  const go = async () => {
    setPending(true);
    try {
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
      className={looks({})}
    >
      {label}
    </button>
  );
}
