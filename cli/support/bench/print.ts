import { type Figure, isMet, rows, type Unit } from "./aims.ts";
import type { Table } from "./table.ts";

type Cells = readonly string[];

/** The table for people. */
export function asText(table: Table): string {
  return sections(table)
    .map(({ title, head, body }) => `${title}\n\n${[head, ...body].map((cells) => padded(cells, [head, ...body])).join("\n")}`)
    .join("\n\n");
}

/** The same for a page. */
export function asMarkdown(table: Table): string {
  const line = (cells: Cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return sections(table)
    .map(({ title, head, body }) => [title, "", line(head), line(head.map(() => "---")), ...body.map(line)].join("\n"))
    .join("\n\n");
}

interface Section {
  readonly title: string;
  readonly head: Cells;
  readonly body: readonly Cells[];
}

function sections(table: Table): readonly Section[] {
  const { machine, database, disk } = table;
  const on = `${machine.cores} cores of ${machine.cpu}, ${machine.memoryGigabytes} GB, Node ${machine.node}, PostgreSQL ${database.server_version ?? "?"}`;
  const all: Section[] = [
    {
      title: `Measured with ${on}, shared_buffers ${database.shared_buffers ?? "?"}.`,
      head: ["work", "users", "measured", "aim", "met", "from"],
      body: table.figures.map(cellsOf),
    },
  ];
  if (disk !== null && table.figures.some(({ row }) => row === "disk")) {
    const per = (bytes: number) => String(Math.round(bytes / disk.enrollments));
    const parts = disk.tables.map(({ table: name, heap, indexes }) => [name, megabytes(heap), megabytes(indexes), per(heap + indexes)]);
    const sum = (pick: "heap" | "indexes") => disk.tables.reduce((total, each) => total + each[pick], 0);
    const total = ["all", megabytes(sum("heap")), megabytes(sum("indexes")), per(sum("heap") + sum("indexes"))];
    all.push({
      title: `On disk after the first sync, ${disk.enrollments.toLocaleString("en-US")} enrollments.`,
      head: ["table", "rows (MB)", "indexes (MB)", "bytes per enrollment"],
      body: [...parts, total],
    });
  }
  return all;
}

function cellsOf(figure: Figure): Cells {
  const met = isMet(figure);
  return [
    figure.what === null ? rows[figure.row] : `${rows[figure.row]}: ${figure.what}`,
    figure.users.toLocaleString("en-US"),
    figure.value === null ? "–" : inUnit(figure.value, figure.unit),
    figure.aim === null ? "–" : `≤ ${inUnit(figure.aim, figure.unit)}`,
    met === null ? "–" : met ? "yes" : "no",
    figure.from,
  ];
}

const digits: Readonly<Record<Unit, number>> = { "×": 2, s: 2, MB: 0, rows: 0, bytes: 0 };

function inUnit(value: number, unit: Unit): string {
  return `${value.toFixed(digits[unit])} ${unit}`;
}

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);

function padded(cells: Cells, all: readonly Cells[]): string {
  return cells
    .map((cell, column) => cell.padEnd(Math.max(...all.map((each) => (each[column] ?? "").length))))
    .join("  ")
    .trimEnd();
}
