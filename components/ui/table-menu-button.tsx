"use client";
import { lazy, Suspense } from "react";
import { Icon } from "#components/ui/icon.tsx";
import { useOnDemand } from "./use-on-demand.ts";

export interface TableMenuButtonProps {
  /** Those that can be left away: all but the first, which names the row. */
  readonly columns: readonly { readonly key: string; readonly header: string }[];
  readonly className: string;
}

const menu = () => import("./open-table-menu.tsx");
const OpenTableMenu = lazy(() => menu().then(({ OpenTableMenu }) => ({ default: OpenTableMenu })));

/** The button of `TableMenu`. */
export function TableMenuButton({ columns, className }: TableMenuButtonProps) {
  const { isWanted, isByKeyboard, opener } = useOnDemand(menu);
  const button = (
    <button type="button" aria-haspopup="menu" className={className} {...(isWanted ? {} : opener)}>
      <Icon name="columns-3" />
      Columns
    </button>
  );
  if (!isWanted) return button;
  return (
    <Suspense fallback={button}>
      <OpenTableMenu isByKeyboard={isByKeyboard} trigger={button} columns={columns} />
    </Suspense>
  );
}
