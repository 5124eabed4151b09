import { expect, test } from "vitest";
import { rosterColumns } from "#lib/platform/db/staging.ts";
import { collectionOfLinkEntity, linkEntities } from "#lib/roster/canonical.ts";
import { orderedFieldsOf, requiredColumns } from "#lib/roster/ordered-fields.ts";
import { optionalColumns } from "./carried.ts";

test("every column of the roster that a SIS supplies is of one field, and is one that a SIS may not send or one of every record", () => {
  for (const entity of linkEntities) {
    const columns = Object.keys(rosterColumns[entity].columns).sort();
    expect(
      orderedFieldsOf(entity)
        .flatMap((one) => one.columns)
        .toSorted(),
    ).toEqual(columns);
    expect([...requiredColumns[entity], ...Object.keys(optionalColumns[collectionOfLinkEntity[entity]])].sort()).toEqual(columns);
  }
});
