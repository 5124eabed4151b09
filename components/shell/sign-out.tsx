"use client";
import { LogOut } from "lucide-react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { toast } from "#components/ui/toast.tsx";
import { leave } from "./auth-client.ts";

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
    <Button icon={<LogOut aria-hidden />} pending={pending} onClick={go}>
      {label}
    </Button>
  );
}
