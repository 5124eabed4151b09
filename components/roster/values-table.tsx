import type { ReactNode } from "react";
import { Breakable } from "#components/ui/breakable.tsx";
import { Card } from "#components/ui/card.tsx";
import type { Said, SaidField, SideBySide } from "#lib/services/chain/schema.ts";

export interface ValuesTableProps {
  readonly values: SideBySide;
  /** Beside the value of a field that an admin edited: that it is, and the way back. */
  readonly editedMark: (field: string) => ReactNode;
  readonly aside?: ReactNode;
}

/** What Aivo has beside what each SIS says, a row a field: what is the same is said so, what differs is what one sees. */
export function ValuesTable({ values: { integrations, decides, fields }, editedMark, aside }: ValuesTableProps) {
  const whoDecides = integrations.length === 0 ? "Aivo alone has these values" : decides === null ? "No SIS decides" : `${decides} decides`;
  return (
    <Card title="What each SIS says" aside={aside ?? whoDecides} flush>
      <table role="table" aria-label="What each SIS says" className="block w-full border-collapse text-sm sm:table">
        <thead role="rowgroup" className="sr-only sm:not-sr-only sm:table-header-group">
          <tr role="row" className="border-b border-line">
            <Head>
              <span className="sr-only">Field</span>
            </Head>
            <Head>In Aivo</Head>
            {integrations.map(({ id, name, externalId, note }) => (
              <Head key={`${id} ${externalId}`}>
                {name}
                {note === null ? null : <span className="block font-normal">{note}</span>}
              </Head>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup" className="block sm:table-row-group">
          {fields.map((row) => (
            <Row key={row.field} row={row} names={integrations.map(({ name }) => name)} mark={editedMark(row.field)} />
          ))}
        </tbody>
      </table>
    </Card>
  );
}

const Head = ({ children }: { readonly children: ReactNode }) => (
  <th role="columnheader" scope="col" className="eyebrow h-8 pr-4 text-left align-middle whitespace-nowrap first:w-28">
    {children}
  </th>
);

const cell = "flex min-w-0 gap-3 py-0.5 sm:table-cell sm:py-2 sm:pr-4 sm:align-baseline";

function Row({ row: { label, inAivo, decidedBy, said }, names, mark }: { row: SaidField; names: readonly string[]; mark: ReactNode }) {
  return (
    <tr role="row" className="block border-b border-line py-2 sm:table-row sm:py-0">
      <th role="rowheader" scope="row" className={`${cell} text-left font-normal text-muted sm:whitespace-nowrap`}>
        {label}
      </th>
      <td role="cell" className={cell}>
        <OnPhone label="In Aivo" />
        <span className="inline-flex min-w-0 flex-wrap items-center gap-x-2 wrap-anywhere">
          {inAivo === null ? <span className="text-muted">blank</span> : <Breakable>{inAivo}</Breakable>}
          {mark}
          {decidedBy === null ? null : <span className="basis-full text-xs text-muted">{decidedBy}</span>}
        </span>
      </td>
      {said.map((one, nth) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an integration may stand in two columns, and their order never changes under them
        <td role="cell" key={nth} className={cell}>
          <OnPhone label={names[nth] ?? ""} />
          <span className="min-w-0 wrap-anywhere">
            <Value said={one} />
          </span>
        </td>
      ))}
    </tr>
  );
}

const OnPhone = ({ label }: { readonly label: string }) => (
  <span aria-hidden className="w-28 shrink-0 truncate text-muted sm:hidden">
    {label}
  </span>
);

function Value({ said }: { readonly said: Said }) {
  if (said.kind === "differs")
    return (
      <span className="font-strong underline decoration-edge decoration-dotted underline-offset-4">
        <Breakable>{said.value}</Breakable>
      </span>
    );
  const words = { same: "same", blank: "blank", unsaid: "–", unreadable: "cannot be read" }[said.kind];
  return <span className="text-muted">{words}</span>;
}
