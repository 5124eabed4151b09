import { type Collection, collections, type LinkEntity, linkEntities } from "#lib/roster/canonical.ts";
import type { Applying } from "./plan-context.ts";

/**
 * What the tables of a plan have any rows of. On most nights little has changed, in few of the collections, and a statement over what is not
 * there takes PostgreSQL as long to plan as one that does something: those are left out.
 */
export class Present {
  readonly #kinds: ReadonlySet<string> | null;

  /** @param kinds null: it was not looked, and anything may be there */
  constructor(kinds: ReadonlySet<string> | null) {
    this.#kinds = kinds;
  }

  incoming(collection: Collection, said: "new" | "changed" | "again"): boolean {
    return this.#has(`incoming ${collection} ${said}`);
  }

  /** Rows set aside in one of the ways; `said`: news of that kind alone. What says the same as before counts where all do. */
  aside(collection: Collection, dispositions: readonly string[], said?: "new" | "changed"): boolean {
    const asSaid = said === undefined ? ["new", "changed", "again", "same"] : [said];
    return dispositions.some((disposition) => asSaid.some((one) => this.#has(`aside ${collection} ${disposition} ${one}`)));
  }

  ended(entity: LinkEntity, byScope: boolean): boolean {
    return this.#has(`ended ${entity} ${byScope}`);
  }

  /** Planned records of which one of these becomes; an action as `plan` has it, or "linked": nothing but a link. */
  planned(entity: LinkEntity, ...actions: readonly string[]): boolean {
    return actions.some((action) => this.#has(`planned ${entity} ${action}`));
  }

  statusChange(entity: LinkEntity): boolean {
    return this.#has(`status ${entity}`);
  }

  #has(kind: string): boolean {
    return this.#kinds === null || this.#kinds.has(kind);
  }
}

/** Of a large plan anything may be there: to go through all of it would cost more than it saves. */
export async function whatIsThere({ sql, staging }: Pick<Applying, "sql" | "staging">, isFew: boolean): Promise<Present> {
  if (!isFew) return new Present(null);
  const { incoming, setAside, endedLinks, plan, statusChanges } = staging;
  const kinds = [
    ...collections.map(
      (collection) => `select 'incoming ${collection} ' || said as kind
      from ${incoming[collection]} i group by 1`,
    ),
    `select 'aside ' || collection || ' ' || disposition || ' ' || said from ${setAside} s group by 1`,
    `select 'ended ' || entity || ' ' || by_scope from ${endedLinks} x group by 1`,
    ...linkEntities.map(
      (entity) => `select 'planned ${entity} ' ||
        case when action = 'unchanged' and link = 'new' then 'linked' else action end
      from ${plan[entity]} p group by 1`,
    ),
    `select 'status ' || entity from ${statusChanges} s group by 1`,
  ];
  const rows = await sql.unsafe<{ kind: string }[]>(kinds.join("\n    union all "));
  return new Present(new Set(rows.map(({ kind }) => kind)));
}
