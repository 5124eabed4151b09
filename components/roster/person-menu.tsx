"use client";
import { useState } from "react";
import { ErasePerson, type ErasePersonProps } from "#components/retention/erase-person.tsx";
import type { Result } from "#components/settings/result.ts";
import { Icon } from "#components/ui/icon.tsx";
import { Menu, type MenuEntry } from "#components/ui/menu.tsx";
import type { PersonActions } from "./edit-actions.ts";
import { AskWhy } from "./standing.tsx";
import { useDoNow } from "./use-do-now.ts";

export interface PersonMenuProps extends Pick<ErasePersonProps, "listHref"> {
  readonly name: string;
  readonly isActive: boolean;
  readonly isBarred: boolean;
  /** Null: not for whoever looks, and not shown. */
  readonly actions: PersonActions | null;
  readonly retention: PersonRetention | null;
  readonly exportHref: string | null;
  readonly whyHref: string;
}

export interface PersonRetention extends Pick<ErasePersonProps, "view" | "erase"> {
  readonly hold: (reason: string) => Promise<Result>;
  readonly release: () => Promise<Result>;
}

type Question = "bar" | "deactivate" | "hold" | "erase";

/** What is done seldom with a person: whether they sign in and are in use, and all that Aivo has about them. */
export function PersonMenu({ name, isActive, isBarred, actions, retention, exportHref, whyHref, listHref }: PersonMenuProps) {
  const [question, setQuestion] = useState<Question | null>(null);
  const doNow = useDoNow();
  const asked = (of: Question) => ({ open: question === of, onOpenChange: (open: boolean) => setQuestion(open ? of : null) });
  const ask = (of: Question) => () => setQuestion(of);
  const standing: MenuEntry[] =
    actions === null
      ? []
      : [
          isBarred
            ? {
                label: "Allow to sign in",
                icon: <Icon name="log-in" />,
                onSelect: () => doNow({ done: `${name} can sign in again`, failed: "Not changed", act: actions.unbar }),
              }
            : { label: "Bar from signing in", icon: <Icon name="ban" />, onSelect: ask("bar") },
          isActive
            ? { label: "Deactivate", icon: <Icon name="circle-off" />, onSelect: ask("deactivate") }
            : {
                label: "Reactivate",
                icon: <Icon name="rotate-ccw" />,
                onSelect: () => doNow({ done: `${name} is active`, failed: "Not reactivated", act: actions.reactivate }),
              },
        ];
  const data: MenuEntry[] = [
    { label: "Why, and what they see", icon: <Icon name="circle-question-mark" />, href: whyHref },
    ...(exportHref === null ? [] : [{ label: "Export their data", icon: <Icon name="download" />, href: exportHref, file: true }]),
  ];
  const isHeld = retention !== null && retention.view.hold !== null;
  const keeping: MenuEntry[] =
    retention === null
      ? []
      : [
          isHeld
            ? {
                label: "Release from the hold",
                icon: <Icon name="shield-off" />,
                onSelect: () => doNow({ done: `${name} is released`, failed: "Not released", act: retention.release }),
              }
            : { label: "Hold from erasure", icon: <Icon name="shield-check" />, onSelect: ask("hold") },
          {
            label: "Erase",
            icon: <Icon name="trash-2" />,
            danger: true,
            onSelect: ask("erase"),
            ...(isHeld ? { unavailable: "Held from erasure. Release them first." } : {}),
          },
        ];
  return (
    <>
      <Menu label="More actions" groups={[standing, data, keeping].filter((group) => group.length > 0)} />
      {actions === null ? null : (
        <>
          <AskWhy
            asked={asked("bar")}
            title={`Bar ${name} from signing in?`}
            confirmLabel={`Bar ${name}`}
            done={`${name} cannot sign in`}
            act={actions.bar}
          >
            <p>{name} is signed out and cannot sign in until an admin allows it again. They stay in their classrooms, and syncs go on.</p>
          </AskWhy>
          <AskWhy
            asked={asked("deactivate")}
            title={`Deactivate ${name}?`}
            confirmLabel={`Deactivate ${name}`}
            done={`${name} is deactivated`}
            act={actions.deactivate}
          >
            <p>
              {name} is signed out, cannot sign in and is shown in no classroom, whatever the SIS says, until an admin reactivates them or
              gives their status back to the SIS.
            </p>
          </AskWhy>
        </>
      )}
      {retention === null ? null : (
        <>
          <AskWhy
            asked={asked("hold")}
            title={`Hold ${name} from erasure?`}
            confirmLabel={`Hold ${name}`}
            done={`${name} is held`}
            act={retention.hold}
          >
            <p>Nothing about {name} is erased, by the retention job or on request, until an admin releases them. They are not told.</p>
          </AskWhy>
          <ErasePerson view={retention.view} listHref={listHref} erase={retention.erase} asked={asked("erase")} />
        </>
      )}
    </>
  );
}
