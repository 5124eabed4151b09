import Link from "next/link";
import { formatNumber } from "#lib/platform/format/number.ts";
import type { CausePerson } from "#lib/services/overview/schema.ts";
import type { OverviewLinks } from "./links.ts";

interface Props {
  readonly named: readonly CausePerson[];
  readonly people: number;
  readonly links: Pick<OverviewLinks, "person">;
}

/** "Zoë Bell and Mateo Barnes", "Zoë Bell, Mateo Barnes and 7 more"; without a name how many there are. */
export function NamedPeople({ named, people, links }: Props) {
  const more = people - named.length;
  if (named.length === 0) return <>{people === 1 ? "One person" : `${formatNumber(people)} people`}</>;
  return (
    <>
      {named.map((person, n) => (
        <span key={person.accountId ?? person.name}>
          {n === 0 ? "" : n === named.length - 1 && more === 0 ? " and " : ", "}
          <Person person={person} links={links} />
        </span>
      ))}
      {more > 0 ? ` and ${formatNumber(more)} more` : ""}
    </>
  );
}

function Person({ person: { name, role, accountId }, links }: { readonly person: CausePerson; readonly links: Props["links"] }) {
  if (role === null || accountId === null) return <b className="font-strong">{name}</b>;
  return (
    <Link href={links.person(role, accountId)} prefetch={false} className="name-link">
      {name}
    </Link>
  );
}
