import { csvResponse } from "#app/api/csv-response.ts";
import { routeResult } from "#app/errors.ts";
import { services } from "#app/services.ts";
import { reachScope } from "#app/session.ts";
import { exportPeople } from "#lib/services/people/export.ts";
import { type ListedPerson, PeopleFilter, PeopleRole } from "#lib/services/people/schema.ts";
import { showEach } from "#lib/services/views/record.ts";

const header = [
  "Last name",
  "First name",
  "Middle name",
  "Email",
  "Grade",
  "Number",
  "Schools",
  "Classes",
  "Status",
  "Why",
  "Where in the SIS",
  "Aivo id",
];

/** The teachers or learners that the same query lists, all of them, as CSV. */
export async function GET(request: Request): Promise<Response> {
  return routeResult(async () => {
    const scope = await reachScope("export");
    const opened = await services();
    const query = Object.fromEntries(new URL(request.url).searchParams);
    const role = PeopleRole.parse(query.role);
    const filter = PeopleFilter.parse(query);
    const door = { door: "GET /api/roster/people", filter: { role, ...filter } };
    return csvResponse(opened, scope, `${role}s-${opened.now().toISOString().slice(0, 10)}.csv`, header, (write) =>
      exportPeople(
        opened,
        scope,
        role,
        filter,
        showEach(opened, scope, door, (rows) => write(rows.map(cellsOf))),
      ),
    );
  });
}

function cellsOf(row: ListedPerson) {
  const { familyName, givenName, middleName, grade, studentNumber, schools } = row.kind === "account" ? row.account : row.absent;
  const names = schools.map(({ name }) => name).join("; ");
  if (row.kind === "absent") {
    const { cause, place } = row.absent;
    return [familyName, givenName, middleName, null, grade, studentNumber, names, null, "Never arrived", cause, place, null];
  }
  const { email, classroomCount, id, status, hasLeft, isBarred, missedCount } = row.account;
  const standing = status === "deactivated" ? "Deactivated" : hasLeft ? "Left, can still sign in" : isBarred ? "Barred" : "Active";
  const why = missedCount === 0 ? null : `Classes that did not come through: ${missedCount}`;
  return [familyName, givenName, middleName, email, grade, studentNumber, names, classroomCount, standing, why, null, id];
}
