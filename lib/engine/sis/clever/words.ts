import type { ProviderWords } from "#lib/engine/sis/provider-words.ts";

const spec = (field: string) => `Clever API v3.0, ${field}`;
const share = (what: string) => `Share ${what} with Aivo in Clever (Applications → Aivo → Data sharing)`;

/**
 * Clever's own names and places. Clever has no enrollments: a section lists its students and teachers. What an admin mends is mended in
 * the SIS, from where Clever takes it at its own next sync, or in Clever's data sharing.
 */
export const cleverWords: ProviderWords = {
  idField: "id",
  collections: {
    orgs: "schools",
    academicSessions: "terms",
    courses: "courses",
    classes: "sections",
    users: "users",
    roles: "roles",
    enrollments: "section members",
  },
  fields: {
    orgs: { identifier: "school_number", grades: "low_grade, high_grade" },
    academicSessions: { title: "name", startDate: "start_date", endDate: "end_date", schoolYear: "start_date" },
    courses: { title: "name", courseCode: "number" },
    classes: {
      title: "name",
      classCode: "section_number",
      classType: "subject",
      subjects: "subject",
      grades: "grade",
      periods: "period",
      courseSourcedId: "course",
      schoolSourcedId: "school",
      termSourcedIds: "term_id",
    },
    users: {
      role: "roles",
      givenName: "name.first",
      middleName: "name.middle",
      familyName: "name.last",
      username: "credentials.district_username",
      grades: "roles.student.grade",
      identifier: "roles.student.student_number",
      orgSourcedIds: "schools",
    },
    enrollments: { classSourcedId: "section", userSourcedId: "students, teachers", role: "students, teachers", primary: "teacher" },
  },
  issues: {
    "withdrawals-suspended": {
      title: "Missing record kept: it may be one without an id",
      rule: "A record that Clever no longer lists stays active while a record without an id may be it, by its number, its email address, or its name and school. All other missing records are withdrawn.",
      remedy: "Send this sync's id to Clever's support: an object came without an id. The next sync withdraws what is really gone.",
    },
    "column-missing": {
      title: "Field that Aivo has values of, and that Clever no longer sends",
      rule: "No record of the list carries the field any more. That is not a blank: what Aivo has is kept for everybody, and new records come without it.",
      ruleSource: "Aivo: a value is blank only where Clever says so",
      remedy: `${share("the field")} again.`,
    },
    "id-missing": {
      rule: "A record without an id cannot be told from any other, so it is left out, and nobody who could be it is withdrawn in this sync.",
      ruleSource: spec("every object has an id"),
      remedy: "Send this sync's id to Clever's support: an object came without an id.",
    },
    "id-invalid": {
      rule: "An id of more than 255 characters, or with characters that cannot be stored, cannot be told from others, so the record is left out, and nobody who could be it is withdrawn in this sync.",
      ruleSource: spec("an id has 24 characters"),
      remedy: "Send this sync's id to Clever's support: an object came with an id that is none.",
    },
    "id-duplicate": {
      rule: "Clever listed the same record more than once with the same content; it is used once.",
      ruleSource: spec("an id is unique"),
      remedy: "Nothing is lost. If it goes on, send this sync's id to Clever's support.",
    },
    "id-conflict": {
      rule: "Clever listed one id with different content. None of it is used; what Aivo has for that id stays as it was.",
      ruleSource: spec("an id is unique"),
      remedy: "Run the sync again: the record may have changed while it was read. If it goes on, send this sync's id to Clever's support.",
    },
    "required-missing": {
      ruleSource: "A roster needs the value; Clever's specification lets it be null",
      remedy: "Fill in the value in the SIS, or share the field in Clever.",
    },
    "value-unknown": {
      rule: "A role that Aivo does not know cannot be interpreted, so the record is left out. What Aivo has for its id stays as it was.",
      ruleSource: spec("user.roles"),
      remedy: "Check the person's role in Clever's data browser.",
    },
    "value-replaced": {
      rule: "A value that Clever does not name is replaced by the default; the record comes through.",
      ruleSource: spec("enumerations"),
      remedy: "Check the value in Clever's data browser.",
    },
    "name-incomplete": { ruleSource: spec("user.name") },
    "school-year-unknown": {
      rule: "A school year that cannot be told from the term's dates is left blank; the term comes through.",
      ruleSource: "Aivo: the school year is the one in which a term begins",
      remedy: "Correct the term's dates in the SIS.",
    },
    "grade-unknown": {
      ruleSource: spec("GRADE"),
      remedy: "Check the grade in Clever's data browser, and how the SIS's grades are mapped in Clever's sync settings.",
    },
    "date-invalid": { ruleSource: spec("dates are YYYY-MM-DD") },
    "date-required-invalid": {
      title: "Term without readable dates",
      rule: "A term without readable dates is left out, and its sections come without it. What Aivo has for its id stays as it was.",
      ruleSource: spec("term.start_date, term.end_date"),
    },
    "date-order": { rule: "Dates that end before they begin are left blank; the record comes through.", ruleSource: spec("dates") },
    "session-date-order": {
      title: "Term ends before it begins",
      rule: "A term whose end lies before its begin is left out. What Aivo has for its id stays as it was.",
      ruleSource: spec("term.start_date, term.end_date"),
    },
    "session-unnamed": {
      title: "Term without a name",
      rule: "A term that has dates and no name is named by its dates; it comes through, and so do its sections.",
      ruleSource: spec("term.name may be null"),
    },
    "email-missing": { remedy: "Add the email address in the SIS, or share the field in Clever." },
    "reference-school": {
      title: "Section without a known school",
      rule: "A section whose school is blank or not shared with Aivo is left out. What Aivo has for its id stays as it was.",
      ruleSource: spec("section.school"),
      remedy: `${share("the school")}, or correct the section's school in the SIS.`,
    },
    "reference-term": {
      title: "Section without a known term",
      rule: "The section comes through; a term that Clever names and does not list is left off.",
      ruleSource: spec("section.term_id"),
      remedy: "Give the term a start and an end in the SIS: Clever's terms are made of what its sections say.",
    },
    "reference-course": {
      title: "Section without a known course",
      rule: "The section comes through without a course.",
      ruleSource: spec("section.course"),
      remedy: `${share("courses")}, or correct the section's course in the SIS.`,
    },
    "reference-org": {
      ruleSource: spec("roles.student.schools, roles.teacher.schools"),
      rule: "The person comes through; a school that is not shared with Aivo is left off.",
      remedy: `${share("the school")}, or correct the person's schools in the SIS.`,
    },
    "reference-class": {
      title: "Member of an unknown section",
      rule: "A member of a section that did not come through and is not known to Aivo is left out of it.",
      ruleSource: spec("section"),
      remedy: "Mend what kept the section from coming through; it has an issue of its own.",
    },
    "reference-user": {
      title: "Section member who is not shared",
      rule: "A section's member who did not come through and is not known to Aivo is left out of it.",
      ruleSource: spec("section.students, section.teachers"),
      remedy: `${share("the person")}, or remove the person from the section in the SIS.`,
    },
    "enrollment-role": {
      title: "Section role does not fit the person",
      rule: "A student listed among a section's teachers, or a teacher among its students, is not given that role, and is left out of the section.",
      remedy: "Correct the section's teachers and students, or the person's role, in the SIS.",
    },
    "enrollment-not-rostered": {
      title: "Section member whose role is not rostered",
      rule: "Aivo rosters students and teachers. Somebody with another role, such as staff, who is listed among a section's teachers or students is left out of it.",
      ruleSource: spec("section.teachers, section.students"),
      remedy: "If they teach the section, give them the role of a teacher in the SIS; otherwise remove them from it.",
    },
    "enrollment-repeated": {
      title: "Person in a section more than once",
      rule: "A person is a member of a class once.",
      remedy: "Remove the person from one of the section's lists in the SIS.",
    },
    "match-takeover": {
      rule: "The record leads to an account by its id, address or number, but the rest says that it is about somebody else: two of name, number and address changed at once, or no part of the name is left and nothing else confirms the person. It waits, with its sections, until the SIS is corrected or an admin decides; the account and its classes stay as they were.",
    },
    "match-namesake": {
      rule: "Clever has no longer somebody by the id that Aivo knows, or another SIS has them, and has a record with another id and the same name, role and school. Neither address nor number tells whether that is the same person. It waits, with its sections, until an admin decides or Clever says more; the account and its classes stay as they were.",
    },
    "match-ignored": {
      rule: "An admin decided in Conflicts that this record is ignored. It is left out, with its sections, until its name, address, number or role is another; an account that its id leads to stays as it was.",
    },
    "match-contested": {
      rule: "More than one incoming record has the email address or student number of the same account. None is merged; the account stays as it was.",
    },
    "role-not-rostered": {
      remedy: "If the person left the classroom, remove them from the sections in the SIS or deactivate the account in Aivo.",
    },
  },
};
