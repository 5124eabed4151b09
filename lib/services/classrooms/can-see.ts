import type { DistrictScope } from "#lib/platform/access.ts";
import { ownIsSane, spanOfClass, todayOf, whenOfClass, whenOfMembership, whenOfOwnDates } from "#lib/platform/db/class-days.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { type Sight, sightOf, type When } from "#lib/roster/when.ts";
import { asUuid } from "#lib/services/people/read.ts";
import type { Services } from "#lib/services/services.ts";
import { linksOf, type SightFacts, type SightLink } from "./sight-links.ts";

export interface CanSee {
  readonly accountId: string;
  readonly accountName: string;
  readonly role: "admin" | "teacher" | "learner";
  readonly classroomId: string;
  readonly classroomName: string;
  /** The day for which that holds, in the district's zone. */
  readonly today: string;
  /** Null: the account sees nothing of the class. */
  readonly sight: Sight | null;
  /** When the class is to this account; null without a membership. */
  readonly when: When | null;
  /** Each condition, in the order in which it is looked at. All of those that say no stand in the way by themselves. */
  readonly links: readonly SightLink[];
}

/**
 * What "can see a class" means: whether an account sees a class today, how much of it, and each link of the chain on which that hangs. The
 * home page says the same of all classes of one person (lib/services/people/own.ts), out of the same fragments and the same table.
 * Whether somebody has a password to sign in with is another question.
 * @throws ServiceError `not-found`
 */
export async function canSee(
  services: Pick<Services, "db">,
  scope: DistrictScope<"read-roster">,
  { accountId, classroomId }: { readonly accountId: string; readonly classroomId: string },
): Promise<CanSee> {
  const facts = await withDistrict(services.db, scope, async (tx) => {
    const day = todayOf(tx.districtId);
    const sane = tx.sql.unsafe(ownIsSane);
    const [row] = await tx.sql<SightFacts[]>`
      select a.id as "accountId", trim(a.given_name || ' ' || a.family_name) as "accountName", a.role,
        a.status as "accountStatus", a.deactivated_by as "accountBy", a.barred_at is not null as "isBarred",
        c.id as "classroomId", c.name as "classroomName", c.status as "classroomStatus", c.deactivated_by as "classroomBy",
        m.role as "membershipRole", m.status as "membershipStatus",
        case when ${sane} then m.begin_date end::text as "ownBegin", case when ${sane} then m.end_date end::text as "ownEnd",
        ${tx.sql.unsafe(whenOfOwnDates(day))} as "ownWhen",
        span.begins_on::text as "beginsOn", span.ends_on::text as "endsOn", ${tx.sql.unsafe(whenOfClass(day))} as "classWhen",
        case when m.id is not null then ${tx.sql.unsafe(whenOfMembership(day))} end as when, ${tx.sql.unsafe(day)}::text as today
      from accounts a
      join classrooms c on c.district_id = a.district_id and c.id = ${asUuid(classroomId)} ${tx.sql.unsafe(spanOfClass(tx.districtId))}
      left join memberships m on m.district_id = a.district_id and m.account_id = a.id and m.classroom_id = c.id
      where a.district_id = ${tx.districtId} and a.id = ${asUuid(accountId)}`;
    return row;
  });
  if (!facts) throw new ServiceError("not-found", "There is no such person or no such classroom.");
  return judge(facts);
}

/** The rule itself, pure. */
export function judge(facts: SightFacts): CanSee {
  const { accountId, accountName, role, classroomId, classroomName, today, when, membershipRole } = facts;
  const links = linksOf(facts);
  // Dates alone take nothing away: they decide how much is seen.
  const isInUse = links.every(({ holds, link }) => holds || link === "membership-dates" || link === "term");
  const sight = isInUse && when !== null && membershipRole !== null ? sightOf(membershipRole, when) : null;
  return { accountId, accountName, role, classroomId, classroomName, today, sight, when, links };
}
