import { clsx } from "clsx";
import { StateBadge } from "#components/ui/badge.tsx";
import { Card } from "#components/ui/card.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import { LinkIf } from "#components/ui/link-if.tsx";
import type { HrefOf } from "#components/why/why-words.ts";
import type { Lost, NearestId } from "#lib/services/chain/schema.ts";

export interface LostListProps {
  readonly lost: readonly Lost[];
  /** Whose it is, as in "Zoë is in the class after the next sync". */
  readonly name: string;
  /** What it is lost to: on a person's page a class, on a class's a person. */
  readonly other: "class" | "person";
  readonly hrefOf: HrefOf;
}

/** What did not come through, why, where it stands and what to do about it; nothing where all did. */
export function LostList({ lost, name, other, hrefOf }: LostListProps) {
  if (lost.length === 0) return null;
  const isNew = lost.some((one) => one.isNew && !one.isMinor && !one.isDecided);
  return (
    <div id="lost" tabIndex={-1} className="scroll-mt-24">
      <Card title="What did not come through" aside={isNew ? <StateBadge tone="warn">New</StateBadge> : null} flush>
        <ul className="divide-y divide-line">
          {lost.map((one) => (
            <Item key={one.key} lost={one} name={name} other={other} hrefOf={hrefOf} />
          ))}
        </ul>
      </Card>
    </div>
  );
}

function Item({ lost, name, other, hrefOf }: { readonly lost: Lost } & Omit<LostListProps, "lost">) {
  const { title, cause, remedy, nearest, more, since, isNew, isMinor, isDecided } = lost;
  const href = more === null ? null : hrefOf(more.to);
  return (
    <li className="grid gap-1 py-3 text-sm">
      <p className={clsx("break-words", isMinor || isDecided ? "font-medium text-soft" : "font-strong")}>
        {lost.other?.to ? (
          <LinkIf href={hrefOf(lost.other.to)} className="name-link">
            {title}
          </LinkIf>
        ) : (
          title
        )}
      </p>
      <p className="text-pretty break-words text-soft">
        {cause}
        {isNew ? " It is new since the last sync." : since === null ? "" : <Since at={since} />}
      </p>
      {nearest.map((hint) => (
        <Hint key={hint.externalId} hint={hint} name={name} other={other} hrefOf={hrefOf} />
      ))}
      {nearest.length > 0 || remedy === null ? null : <p className="text-pretty text-soft">{remedy}</p>}
      {more === null || href === null ? null : (
        <p>
          <LinkIf href={href}>
            {more.label === "Look at the issue" ? "How to fix this" : more.label}
            {more.label === "Look at the issue" ? <span className="sr-only">: {title}</span> : null}
          </LinkIf>
        </p>
      )}
    </li>
  );
}

const Since = ({ at }: { readonly at: string }) => (
  <>
    {" "}
    Since <DateTime at={at} as="date" />.
  </>
);

function Hint({ hint, name, other, hrefOf }: { readonly hint: NearestId } & Omit<LostListProps, "lost">) {
  const words = `${hint.externalId} is ${hint.name}`;
  return (
    <p className="text-pretty break-words text-soft">
      <b className="font-strong text-ink">
        {other === "class" && hint.recordId !== null ? (
          <LinkIf href={hrefOf({ kind: "classroom", id: hint.recordId })} className="name-link">
            {words}
          </LinkIf>
        ) : (
          words
        )}
      </b>
      : {hint.why}. Correct it in the SIS, and {other === "class" ? `${name} is in the class` : `they are in ${name}`} after the next sync.
    </p>
  );
}
