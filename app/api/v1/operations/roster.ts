import { z } from "zod";
import { listOf, operation, type Paged, page, paged } from "#app/api/v1/operation.ts";
import { getFeedRecord, listFeed } from "#lib/services/roster-feed/read.ts";
import { type FeedFilter, type FeedName, feeds } from "#lib/services/roster-feed/schema.ts";

const status = z.enum(["active", "deactivated"]).optional();
const id = z.uuid().optional();

const words: Readonly<Record<FeedName, { readonly one: string; readonly name: string; readonly filters: z.ZodRawShape }>> = {
  schools: { one: "school", name: "School", filters: {} },
  terms: { one: "term", name: "Term", filters: {} },
  courses: { one: "course", name: "Course", filters: {} },
  classrooms: { one: "classroom", name: "Classroom", filters: {} },
  people: { one: "person", name: "Person", filters: { role: z.enum(["teacher", "learner"]).optional() } },
  memberships: { one: "membership", name: "Membership", filters: { classroomId: id, personId: id } },
};

const idSuffix = (name: FeedName) => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;

/** Each kind of record of the roster: a list, and one by its id. */
export const rosterOperations = (Object.keys(feeds) as FeedName[]).flatMap((name) => {
  const { one, name: type, filters } = words[name];
  const record = (feeds[name] as z.ZodType<{ id: string }>).meta({ id: type });
  return [
    operation({
      id: `list${idSuffix(name)}`,
      method: "GET",
      path: `/roster/${name}`,
      tag: "Roster",
      summary: `List ${name}, in the order in which they came into Aivo`,
      scope: "read:roster",
      query: z.strictObject({ ...paged, status, ...filters }) as unknown as z.ZodType<Paged & FeedFilter>,
      answer: listOf(record),
      run: ({ services, scope, query: { limit, cursor, ...filter } }) =>
        page(
          name,
          "id",
          { limit, cursor },
          (after, most) => listFeed(services, scope, name, filter, { after, limit: most }),
          (row) => row.id,
        ),
    }),
    operation({
      id: `get${type}`,
      method: "GET",
      path: `/roster/${name}/{${one}}`,
      tag: "Roster",
      summary: `One ${one}`,
      scope: "read:roster",
      answer: record,
      run: ({ services, scope, param }) => getFeedRecord(services, scope, name, param(one)),
    }),
  ];
});
