import type { ProviderWords } from "#lib/engine/sis/provider-words.ts";

/** OneRoster's JSON has references under the name of what they lead to. */
export const oneRosterRestWords: Omit<ProviderWords, "collections"> = {
  idField: "sourcedId",
  fields: {
    classes: { courseSourcedId: "course", schoolSourcedId: "school", termSourcedIds: "terms" },
    users: { orgSourcedIds: "orgs" },
    enrollments: { classSourcedId: "class", userSourcedId: "user" },
  },
  issues: {
    "column-missing": {
      title: "Field that Aivo has values of, and that the SIS no longer sends",
      rule: "No record of the collection carries the field any more. That is not a blank: what Aivo has is kept for everybody, and new records come without it.",
      ruleSource: "Aivo: a value is blank only where the SIS says so",
      remedy: "Share the field with Aivo in the SIS again. If it is meant to be empty, send it blank.",
    },
    "id-missing": {
      rule: "A record without an id cannot be told from any other, so it is left out, and nobody who could be it is withdrawn in this sync.",
      ruleSource: "OneRoster 1.1, sourcedId is required",
      remedy: "Find the record in the SIS and give it an id.",
    },
    "id-invalid": {
      rule: "An id of more than 255 characters, or with characters that cannot be stored, cannot be told from others, so the record is left out, and nobody who could be it is withdrawn in this sync.",
    },
    "withdrawals-suspended": {
      title: "Missing record kept: it may be one without an id",
      rule: "A record that the SIS no longer lists stays active while a record without an id may be it, by its number, its email address, or its name and school. All other missing records are withdrawn.",
      remedy: "Repair the records without an id; the next sync withdraws what is really gone.",
    },
    "id-duplicate": {
      rule: "The same record was sent more than once with the same content; it is used once.",
      ruleSource: "OneRoster 1.1, sourcedId is unique within its collection",
      remedy: "Nothing is lost. If it goes on, tell the SIS's vendor that a collection lists records twice.",
    },
    "id-conflict": {
      rule: "Several records carry the same sourcedId with different content. None of them is used; what Aivo has for that id stays as it was.",
      ruleSource: "OneRoster 1.1, sourcedId is unique within its collection",
      remedy: "Give each record its own id in the SIS, or remove the wrong one.",
    },
    "value-unknown": { remedy: "Map the value to one of OneRoster's in the SIS's API settings." },
    "value-replaced": { remedy: "Map the value to one of OneRoster's in the SIS's API settings." },
    "reference-school": {
      ruleSource: "OneRoster 1.1, a class's school is required",
      remedy: "Share the school with Aivo in the SIS, or correct the class's school.",
    },
    "reference-term": {
      ruleSource: "OneRoster 1.1, a class's terms are required",
      remedy: "Share the academic session with Aivo in the SIS, or correct the class's terms.",
    },
    "reference-course": {
      ruleSource: "OneRoster 1.1, a class's course is required",
      remedy: "Share courses with Aivo in the SIS, or correct the class's course.",
    },
    "reference-org": {
      ruleSource: "OneRoster 1.1, a user's orgs are required",
      remedy: "Share the org with Aivo in the SIS, or correct the person's orgs.",
    },
    "reference-class": {
      ruleSource: "OneRoster 1.1, an enrollment's class is required",
      remedy: "Share the class with Aivo in the SIS, or remove the enrollment.",
    },
    "reference-user": {
      ruleSource: "OneRoster 1.1, an enrollment's user is required",
      remedy: "Share the person with Aivo in the SIS, or remove the enrollment.",
    },
    "role-home": { ruleSource: "OneRoster 1.2, users.primaryOrg" },
  },
};
