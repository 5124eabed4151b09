"use client";
import { useState } from "react";
import type { Result } from "#components/settings/result.ts";
import { Icon } from "#components/ui/icon.tsx";
import { Menu } from "#components/ui/menu.tsx";
import { AskWhy } from "./standing.tsx";
import { useDoNow } from "./use-do-now.ts";

export interface ClassroomMenuProps {
  readonly name: string;
  readonly isActive: boolean;
  readonly archive: (reason: string) => Promise<Result>;
  readonly restore: () => Promise<Result>;
}

/** What is done seldom with a classroom. */
export function ClassroomMenu({ name, isActive, archive, restore }: ClassroomMenuProps) {
  const [isAsked, setAsked] = useState(false);
  const doNow = useDoNow();
  const entry = isActive
    ? { label: "Archive", icon: <Icon name="archive" />, onSelect: () => setAsked(true) }
    : {
        label: "Bring back",
        icon: <Icon name="archive-restore" />,
        onSelect: () => doNow({ done: `${name} is active`, failed: "Not brought back", act: restore }),
      };
  return (
    <>
      <Menu label="More actions" groups={[[entry]]} />
      <AskWhy
        asked={{ open: isAsked, onOpenChange: setAsked }}
        title={`Archive ${name}?`}
        confirmLabel={`Archive ${name}`}
        done={`${name} is archived`}
        act={archive}
      >
        <p>Nobody sees it any more, and no sync brings it back until an admin does. Its members go on following the SIS.</p>
      </AskWhy>
    </>
  );
}
