import { Card } from "#components/ui/card.tsx";
import type { FieldChange } from "#lib/services/runs/schema.ts";

/** The person in Aivo beside the one in the SIS, field by field; what differs stands out by its weight as well as by its sign. */
export function Persons({ persons }: { readonly persons: readonly FieldChange[] }) {
  return (
    <Card title="Two persons, one account">
      <table className="w-full table-fixed text-left text-sm">
        <caption className="sr-only">The person in Aivo and the person in the SIS</caption>
        <thead>
          <tr className="text-muted">
            <th scope="col" className="w-1/5 py-1.5 pr-3 font-normal">
              Field
            </th>
            <th scope="col" className="py-1.5 pr-3 font-normal">
              In Aivo now
            </th>
            <th scope="col" className="py-1.5 font-normal">
              In the SIS now
            </th>
          </tr>
        </thead>
        <tbody>
          {persons.map(({ field, before, after }) => (
            <tr key={field} className="border-t border-line align-top">
              <th scope="row" className="py-2 pr-3 font-normal text-muted">
                {field}
              </th>
              <td className="py-2 pr-3 wrap-anywhere">
                <Value text={before} />
              </td>
              <td className={before === after ? "py-2 wrap-anywhere" : "py-2 font-semibold wrap-anywhere"}>
                {before === after ? null : <span aria-hidden>→ </span>}
                <Value text={after} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}

function Value({ text }: { readonly text: string | null }) {
  return text === null ? <span className="text-muted font-normal italic">blank</span> : text;
}
