"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { type Result, unreachable } from "#components/settings/result.ts";
import { Button } from "#components/ui/button.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { KeptEdit } from "#lib/services/edits/schema.ts";

export const said = ({ sisValue }: Pick<KeptEdit, "sisValue">) => (sisValue === null ? "nothing" : `“${sisValue}”`);

/** One click back to what the SIS says. */
export function ReleaseButton({ label, release }: { readonly label: string; readonly release: () => Promise<Result> }) {
  const router = useRouter();
  const [pending, setPending] = useState(false);
  const click = async () => {
    setPending(true);
    const result = await release().catch(() => unreachable);
    setPending(false);
    toast(
      result.ok
        ? { tone: "good", title: `${label} is what the SIS says again` }
        : { tone: "bad", title: "Not given back", description: result.message },
    );
    router.refresh();
  };
  return (
    <Button
      size="sm"
      pending={pending}
      onClick={click}
      icon={<Icon name="undo-2" className="size-3.5" />}
      aria-label={`Give ${label.charAt(0).toLowerCase()}${label.slice(1)} back to the SIS`}
    >
      Give back
    </Button>
  );
}
