"use client";
import { useRouter } from "next/navigation";
import { useEffect, useState, useTransition } from "react";
import { type Result, unreachable } from "#components/settings/result.ts";
import { Button } from "#components/ui/button.tsx";
import { toast } from "#components/ui/toast.tsx";

export interface SendAgainProps {
  readonly id: string;
  readonly title: string;
  readonly sendAgain: (id: string) => Promise<Result>;
}

export function SendAgain({ id, title, sendAgain }: SendAgainProps) {
  const router = useRouter();
  const [pending, begin] = useTransition();
  const click = () =>
    begin(async () => {
      const result = await sendAgain(id).catch(() => unreachable);
      if (!result.ok) toast({ tone: "bad", title: result.message });
      router.refresh();
    });
  return (
    <Button size="sm" pending={pending} onClick={click} aria-label={`Send again: ${title}`}>
      Send again
    </Button>
  );
}

const looksAgainMs = 2_000;
const looksMost = 15;

/** Looks again every two seconds, for half a minute, while there is something `fresh`: what names it, or nothing. */
export function LookAgain({ fresh }: { readonly fresh: string }) {
  const router = useRouter();
  const [looks, setLooks] = useState(0);
  useEffect(() => {
    if (fresh === "" || looks >= looksMost) return;
    const timer = setTimeout(() => {
      setLooks(looks + 1);
      router.refresh();
    }, looksAgainMs);
    return () => clearTimeout(timer);
  }, [fresh, looks, router]);
  return null;
}
