"use client";
import * as DropdownMenu from "@radix-ui/react-dropdown-menu";
import type { ReactElement } from "react";
import { Icon } from "#components/ui/icon.tsx";
import { densities, readView, toggled } from "./table-view.ts";
import { useFirstItem } from "./use-first-item.ts";
import { useSearchParamsSetter } from "./use-search-params-setter.ts";

export interface OpenTableMenuProps {
  /** The button that opens it. */
  readonly trigger: ReactElement;
  readonly isByKeyboard: boolean;
  /** Those that can be left away: all but the first, which names the row. */
  readonly columns: readonly { readonly key: string; readonly header: string }[];
}

const densityLabels = { comfortable: "Comfortable", compact: "Compact" } as const;
const item =
  "flex min-h-9 cursor-pointer items-center gap-2.5 rounded-md px-2 text-sm outline-none data-highlighted:bg-sunken data-[state=unchecked]:text-muted";
const group = "eyebrow px-2 pt-2 pb-1";

/** Which columns a table shows, and how dense its rows stand. Both are kept in the address. It comes open. */
export function OpenTableMenu({ trigger, isByKeyboard, columns }: OpenTableMenuProps) {
  const { get, set } = useSearchParamsSetter();
  const onFocus = useFirstItem(isByKeyboard);
  const { hide, density } = readView({ hide: get("hide"), density: get("density") });
  // The menu stays: one rarely changes one column alone.
  const stay = (event: Event) => event.preventDefault();
  return (
    <DropdownMenu.Root modal={false} defaultOpen>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={6}
          collisionPadding={12}
          onFocus={onFocus}
          className="z-50 w-52 animate-appear rounded-lg border border-line bg-surface p-1.5 shadow-floating"
        >
          <DropdownMenu.Label className={group}>Columns</DropdownMenu.Label>
          {columns.map(({ key, header }) => (
            <DropdownMenu.CheckboxItem
              key={key}
              checked={!hide.includes(key)}
              onSelect={stay}
              onCheckedChange={() => set("hide", toggled(hide, key).join(","), "samePage")}
              className={item}
            >
              <span className="flex-1">{header}</span>
              <DropdownMenu.ItemIndicator>
                <Icon name="check" className="size-4 text-accent" />
              </DropdownMenu.ItemIndicator>
            </DropdownMenu.CheckboxItem>
          ))}
          <DropdownMenu.Separator className="my-1.5 h-px bg-line" />
          <DropdownMenu.Label className={group}>Rows</DropdownMenu.Label>
          <DropdownMenu.RadioGroup
            value={density}
            onValueChange={(chosen) => set("density", chosen === "comfortable" ? "" : chosen, "samePage")}
          >
            {densities.map((value) => (
              <DropdownMenu.RadioItem key={value} value={value} onSelect={stay} className={item}>
                <span className="flex-1">{densityLabels[value]}</span>
                <DropdownMenu.ItemIndicator>
                  <Icon name="check" className="size-4 text-accent" />
                </DropdownMenu.ItemIndicator>
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
