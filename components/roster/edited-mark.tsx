"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { type Result, unreachable } from "#components/settings/result.ts";
import { useTimeZone } from "#components/ui/clock.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { toast } from "#components/ui/toast.tsx";
import { Tooltip } from "#components/ui/tooltip.tsx";
import { formatDate } from "#lib/platform/format/date-time.ts";
import type { KeptEdit } from "#lib/services/edits/schema.ts";
import { said } from "./edited-value.tsx";

export interface EditedMarkProps {
  readonly edit: KeptEdit;
  /** Null: not for whoever looks. */
  readonly release: (() => Promise<Result>) | null;
}

/** That an admin edited the value beside it, who and what the SIS says, and one click back to that. */
export function EditedMark({ edit, release }: EditedMarkProps) {
  const router = useRouter();
  const timeZone = useTimeZone();
  const [pending, setPending] = useState(false);
  const { label, editedBy, editedAt, isSame } = edit;
  const when = editedAt === null ? "" : ` on ${formatDate(new Date(editedAt), timeZone)}`;
  const says = `Edited by ${editedBy ?? "the command line"}${when}. The SIS says ${isSame ? "the same" : said(edit)}.`;
  const click = async () => {
    if (pending || release === null) return;
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
  if (release === null)
    return (
      <Tooltip content={says}>
        <span className="text-fine text-muted">edited</span>
      </Tooltip>
    );
  return (
    <span className="inline-flex items-center gap-1 text-fine text-muted">
      edited
      <Tooltip content={says}>
        <button
          type="button"
          aria-label={`Give ${label.charAt(0).toLowerCase()}${label.slice(1)} back to the SIS`}
          aria-busy={pending || undefined}
          onClick={click}
          className="grid size-6 place-items-center rounded hover:bg-sunken hover:text-ink"
        >
          <Icon name="undo-2" className="size-3.5" />
        </button>
      </Tooltip>
    </span>
  );
}
