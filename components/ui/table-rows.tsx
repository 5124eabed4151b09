"use client";
import type { ReactNode } from "react";
import { RowLink } from "./row-link.tsx";
import { Two } from "./two.tsx";

/** Text as it is, or the place of anything else among `nodes`. */
export type Cell = string | number;

/** A row's key, its first cell, and the others. The first is a cell, or a link: where to, its name, what stands under it, and 1 for somebody who is not in Aivo. */
export type RowData = readonly [
  key: string,
  first: Cell | readonly [href: string, name: Cell, under: Cell, isAbsent: 0 | 1],
  ...others: Cell[],
];

export interface TableRowsProps {
  readonly rows: readonly RowData[];
  /** What of the cells is no text, each once. */
  readonly nodes: readonly ReactNode[];
  /** What every link begins with that is not its row's own; a link that is "" goes on with the row's key. */
  readonly base: string;
  /** Attributes of the cells after the first. */
  readonly looks: readonly Readonly<Record<string, string>>[];
}

/** The rows of a table from little more than their texts: as elements of the server's a list would reach the browser twice, the second time with all its markup spelt out. */
export function TableRows({ rows, nodes, base, looks }: TableRowsProps) {
  const content = (cell: Cell) => (typeof cell === "number" ? nodes[cell] : cell);
  return rows.map(([key, first, ...others]) => {
    const [href, name, under, isAbsent] = Array.isArray(first) ? first : [null, first, "", 0];
    const link = href === null ? content(name) : <RowLink href={href === "" ? base + key : href}>{content(name)}</RowLink>;
    return (
      <tr role="row" key={key}>
        <th role="rowheader" scope="row">
          {href === null ? link : <Two under={content(under)}>{isAbsent ? <span data-absent>{link}</span> : link}</Two>}
        </th>
        {others.map((cell, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the columns of one table, in their order
          <td role="cell" key={place} {...looks[place]}>
            {content(cell)}
          </td>
        ))}
      </tr>
    );
  });
}
