"use client";
import { Columns3 } from "lucide-react";
import { lazy, Suspense } from "react";
import { Button } from "./button.tsx";
import { useOnDemand } from "./use-on-demand.ts";

export interface TableMenuProps {
  /** Those that can be left away: all but the first, which names the row. */
  readonly columns: readonly { readonly key: string; readonly header: string }[];
}

const menu = () => import("./open-table-menu.tsx");
const OpenTableMenu = lazy(() => menu().then(({ OpenTableMenu }) => ({ default: OpenTableMenu })));

/** The button to choose the columns of a table and how dense its rows stand. */
export function TableMenu({ columns }: TableMenuProps) {
  const { isWanted, opener } = useOnDemand(menu);
  const button = (
    <Button variant="quiet" aria-haspopup="menu" icon={<Columns3 aria-hidden />} {...(isWanted ? {} : opener)}>
      Columns
    </Button>
  );
  if (!isWanted) return button;
  return (
    <Suspense fallback={button}>
      <OpenTableMenu trigger={button} columns={columns} />
    </Suspense>
  );
}
