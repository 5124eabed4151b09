/**
 * The closed list of issues. Beside each code: the admin's sentence, the rule with its source, and the remedy in the SIS.
 * docs/issues.md is generated from this table.
 *
 * severity  error: the record was left out. warning: it came through, degraded. notice: worth knowing, nothing lost.
 */
export interface IssueDefinition {
  readonly severity: "error" | "warning" | "notice";
  readonly title: string;
  /** What happened and what was kept, for every record with this code. */
  readonly rule: string;
  readonly ruleSource: string;
  readonly remedy: string;
}

const define = <T extends Record<string, IssueDefinition>>(table: T): T => table;

export const issueCodes = define({
  "id-missing": {
    severity: "error",
    title: "Record without an id",
    rule: "A record without a sourcedId cannot be told from any other, so it is left out. What is missing and may be this row is not withdrawn.",
    ruleSource: "OneRoster 1.1 CSV, sourcedId is required",
    remedy: "Find the row in the SIS export and give the record an id, or remove the empty row.",
  },
  "id-invalid": {
    severity: "error",
    title: "Id that cannot be used",
    rule: "An id of more than 255 characters, or with characters that cannot be stored, cannot be told from others, so the record is left out. What is missing and may be this row is not withdrawn.",
    ruleSource: "OneRoster 1.1, a sourcedId is shorter than 256 characters",
    remedy: "Give the record a shorter id in the SIS.",
  },
  "id-duplicate": {
    severity: "notice",
    title: "Record sent twice",
    rule: "The same record stands in the file more than once with the same content; it is used once.",
    ruleSource: "OneRoster 1.1 CSV, sourcedId is unique within its file",
    remedy: "Remove the duplicate from the SIS export.",
  },
  "id-conflict": {
    severity: "error",
    title: "One id for different records",
    rule: "Several rows carry the same sourcedId with different content. None of them is used; what Aivo has for that id stays as it was.",
    ruleSource: "OneRoster 1.1 CSV, sourcedId is unique within its file",
    remedy: "Give each record its own id in the SIS, or remove the wrong row.",
  },
  "row-too-long": {
    severity: "error",
    title: "Row with more cells than the header",
    rule: "A row that is longer than the header, or than the file's rows usually are, has shifted values, so it is left out, also where the surplus cells are blank. What Aivo has for its id stays as it was.",
    ruleSource: "RFC 4180 section 2.4",
    remedy: "Put the value that contains a comma into quotation marks in the SIS export.",
  },
  "row-quoting": {
    severity: "error",
    title: "Row with misplaced quotation marks",
    rule: "A quotation mark inside a value, or text after a closing one, means that a mark is missing or too many, so that the row may have swallowed the lines after it. All these lines are left out, each by the id that it begins with; what Aivo has for them stays as it was.",
    ruleSource: "RFC 4180 section 2.5 to 2.7",
    remedy:
      "Have the value that contains a quotation mark put into quotation marks and its own marks doubled, or take the mark out in the SIS.",
  },
  "row-shifted": {
    severity: "error",
    title: "Row with values in the wrong columns",
    rule: "A row in which a column has a value of another kind, and the cell after it one of its own, has shifted values, so it is left out. What Aivo has for its id stays as it was.",
    ruleSource: "RFC 4180 section 2.6: a value with a comma is put into quotation marks",
    remedy: "Put the value that contains a comma into quotation marks in the SIS export.",
  },
  "header-repeated": {
    severity: "notice",
    title: "Header row in the middle of the file",
    rule: "A row that repeats the header is no record; it is passed over.",
    ruleSource: "RFC 4180 section 2.3; files that were put together from several",
    remedy: "Have the SIS write one file, or leave the headers out when files are put together.",
  },
  "row-too-short": {
    severity: "notice",
    title: "Row with fewer cells than the header",
    rule: "Missing cells at the end of a row are read as blank.",
    ruleSource: "RFC 4180 section 2.4; spreadsheets drop trailing cells",
    remedy: "Export from the SIS directly instead of saving from a spreadsheet.",
  },
  "column-missing": {
    severity: "warning",
    title: "Column that Aivo has values of, and the SIS no longer sends",
    rule: "A column that the file does not have, or a field that no record carries, says nothing: what Aivo has of it is kept. New records come through without it.",
    ruleSource: "Aivo: what the SIS says is blank becomes blank, what it does not say stays",
    remedy: "Put the column or field back into what the SIS sends. If it is gone for good, no action is needed.",
  },
  "required-missing": {
    severity: "error",
    title: "Required value is blank",
    rule: "A record without a value that it needs is left out. What Aivo has for its id stays as it was.",
    ruleSource: "OneRoster 1.1, required fields",
    remedy: "Fill in the value in the SIS.",
  },
  "value-unknown": {
    severity: "error",
    title: "Value outside the vocabulary",
    rule: "A role, type or status that OneRoster does not know cannot be interpreted, so the record is left out. What Aivo has for its id stays as it was.",
    ruleSource: "OneRoster 1.1, enumerations",
    remedy: "Map the value to one of OneRoster's in the SIS's export settings.",
  },
  "word-own": {
    severity: "notice",
    title: "Word of the SIS's own",
    rule: "A type or role that begins with ext: is the SIS's own word, of which Aivo does not know what it means. What it says is kept, and not rostered.",
    ruleSource: "OneRoster 1.2, extensible vocabularies",
    remedy: "If it means a school, a student or a teacher, say so in the integration's advanced settings.",
  },
  "role-date": {
    severity: "error",
    title: "Role without readable dates",
    rule: "A role whose begin or end cannot be read, or that ends before it begins, is left out: nobody can tell whether it counts today.",
    ruleSource: "OneRoster 1.2, roles.beginDate and endDate",
    remedy: "Correct the dates of the role in the SIS.",
  },
  "value-replaced": {
    severity: "warning",
    title: "Value outside the vocabulary, replaced",
    rule: "An optional value that OneRoster does not know is replaced by the default; the record comes through.",
    ruleSource: "OneRoster 1.1, enumerations",
    remedy: "Map the value to one of OneRoster's in the SIS's export settings.",
  },
  "value-too-long": {
    severity: "warning",
    title: "Value that cannot be kept whole",
    rule: "A name or title is cut at 255 characters; a user name or number that is longer, or has characters that cannot be stored, is left blank. The record comes through.",
    ruleSource: "Aivo keeps at most 255 characters, and half a number is somebody else's",
    remedy: "Shorten or correct the value in the SIS.",
  },
  "name-incomplete": {
    severity: "warning",
    title: "Person with only one name",
    rule: "A person with a given or a family name, but not both, comes through with the one there is. Without either, the record is left out.",
    ruleSource: "OneRoster 1.1, users.givenName and users.familyName are required",
    remedy: "Fill in the missing name in the SIS.",
  },
  "school-year-unknown": {
    severity: "warning",
    title: "School year not recognized",
    rule: "A school year that is neither a year nor two consecutive years is left blank; the academic session comes through.",
    ruleSource: "OneRoster 1.1, schoolYear is the year in which the school year ends",
    remedy: "Enter the year in which the school year ends, such as 2027, in the SIS.",
  },
  "grade-unknown": {
    severity: "warning",
    title: "Grade not recognized",
    rule: "A grade that is none of the CEDS codes, nor a usual spelling of one, is left off; a learner keeps the grade that Aivo already has, if there is one. The record comes through.",
    ruleSource: "CEDS entry grade level; OneRoster 1.1 grades",
    remedy: "Use IT, PR, PK, TK, KG, 01 to 13, PS, UG or Other in the SIS.",
  },
  "date-invalid": {
    severity: "warning",
    title: "Date that does not exist",
    rule: "An optional date that cannot be read is left blank; the record comes through.",
    ruleSource: "OneRoster 1.1, date is YYYY-MM-DD",
    remedy: "Correct the date in the SIS.",
  },
  "date-required-invalid": {
    severity: "error",
    title: "Required date that does not exist",
    rule: "An academic session without readable dates is left out. What Aivo has for its id stays as it was.",
    ruleSource: "OneRoster 1.1, startDate and endDate are required",
    remedy: "Correct the date in the SIS.",
  },
  "date-order": {
    severity: "warning",
    title: "Ends before it begins",
    rule: "An enrollment whose end lies before its begin comes through without dates, so that its class's terms apply.",
    ruleSource: "OneRoster 1.1, endDate after startDate",
    remedy: "Correct the dates in the SIS.",
  },
  "session-date-order": {
    severity: "error",
    title: "Academic session ends before it begins",
    rule: "An academic session whose end lies before its begin is left out. What Aivo has for its id stays as it was.",
    ruleSource: "OneRoster 1.1, endDate after startDate",
    remedy: "Correct the dates in the SIS.",
  },
  "session-unnamed": {
    severity: "warning",
    title: "Academic session without a title",
    rule: "An academic session that has dates and no title is named by its dates; it comes through, and so do its classes.",
    ruleSource: "OneRoster 1.1, title is required",
    remedy: "Give the term a name in the SIS.",
  },
  "email-missing": {
    severity: "notice",
    title: "Person without an email address",
    rule: "The person comes through without an email address and cannot be matched or sign in by one.",
    ruleSource: "Aivo: people sign in with their email address",
    remedy: "Add the email address in the SIS.",
  },
  "email-invalid": {
    severity: "warning",
    title: "Email address not valid",
    rule: "The person comes through with the email address that Aivo already has, or without one.",
    ruleSource: "RFC 5321 section 4.1.2",
    remedy: "Correct the email address in the SIS.",
  },
  "email-shared": {
    severity: "warning",
    title: "Email address shared by several people",
    rule: "A shared address identifies nobody: it is stored with each person but matches none of them to an account, and none can sign in with it.",
    ruleSource: "Aivo: an address is an identity only where it is one person's",
    remedy: "Give each person an address of their own in the SIS.",
  },
  "student-number-shared": {
    severity: "warning",
    title: "Student number shared by several learners",
    rule: "A shared number identifies nobody: it is stored with each learner but matches none of them to an account.",
    ruleSource: "Aivo: a number is an identity only where it is one learner's",
    remedy: "Correct the student number in the SIS.",
  },
  "match-takeover": {
    severity: "error",
    title: "Record that seems to be somebody else",
    rule: "The record leads to an account by its id, address or number, but the rest says that it is about somebody else: two of name, number and address changed at once, or no part of the name is left and nothing else confirms the person. It waits, with its enrollments, until the SIS is corrected or an admin decides; the account and its classes stay as they were.",
    ruleSource: "Aivo: an account never becomes another person's by itself",
    remedy:
      "Compare the two persons. If the SIS gave somebody's id, address or number to another person, correct it there; otherwise say here who it is.",
  },
  "match-namesake": {
    severity: "error",
    title: "Record with the name of somebody who leaves",
    rule: "The SIS has no longer somebody by the id that Aivo knows, or another SIS has them, and has a record with another id and the same name, role and school. Neither address nor number tells whether that is the same person. It waits, with its enrollments, until an admin decides or the SIS says more; the account and its classes stay as they were.",
    ruleSource: "Aivo: nobody is matched by guess",
    remedy: "Say here whether it is the same person, or have the SIS send an email address or student number.",
  },
  "match-contested": {
    severity: "error",
    title: "Several records claim one account",
    rule: "More than one incoming record has the email address or student number of the same account. None is merged; the account stays as it was.",
    ruleSource: "Aivo: nobody is matched by guess",
    remedy: "Correct the address or number of the wrong person in the SIS.",
  },
  "match-ambiguous": {
    severity: "error",
    title: "Several accounts match one record",
    rule: "The email address or student number of the record belongs to more than one account in Aivo, or several people of its name leave the same school with this sync. Nothing is merged or created, and nobody of them is withdrawn.",
    ruleSource: "Aivo: nobody is matched by guess",
    remedy: "Correct the duplicate accounts in Aivo, or the address or number in the SIS.",
  },
  "match-role": {
    severity: "error",
    title: "Match would change what kind of account it is",
    rule: "A sync never turns a teacher into a learner, a learner into a teacher, or a district admin into anything. The account stays as it was.",
    ruleSource: "Aivo: a sync never changes what kind of account it is",
    remedy: "Check the role and the email address of this person in the SIS.",
  },
  "class-ambiguous": {
    severity: "warning",
    title: "Class that may be one of several",
    rule: "A class came with an id that Aivo does not know, and several classes of its school that the SIS has no longer, or that another SIS has, have its code, or its teacher and members. It was made a new class; none of the others was taken for it.",
    ruleSource: "Aivo: nothing is matched by guess",
    remedy:
      "If the class is there twice now, archive the older one on its page; section numbers that are different for each class make it plain.",
  },
  "match-ignored": {
    severity: "notice",
    title: "Record that an admin left out",
    rule: "An admin decided in Conflicts that this record is ignored. It is left out, with its enrollments, until its name, address, number or role is another; an account that its id leads to stays as it was.",
    ruleSource: "Aivo: a decision counts for exactly what was shown",
    remedy: "If it is somebody after all, take the decision back in Conflicts.",
  },
  "role-not-rostered": {
    severity: "warning",
    title: "Role changed to one that is not rostered",
    rule: "Aivo knows this record from earlier syncs, but the SIS now gives it a role or type that is not rostered. It stays as it was, neither updated nor withdrawn.",
    ruleSource: "Aivo: nobody is deactivated on doubt",
    remedy: "If the person left the classroom, withdraw the record in the SIS or deactivate the account in Aivo.",
  },
  "role-several": {
    severity: "warning",
    title: "Student and teacher at once",
    rule: "A person whom the SIS has as a student and as a teacher is taken as a teacher if they teach a class, otherwise as a student.",
    ruleSource: "Aivo: an account is a learner's or a teacher's",
    remedy: "Remove the role that is wrong in the SIS, or give the person two records.",
  },
  "reference-school": {
    severity: "error",
    title: "Class without a known school",
    rule: "A class whose school is blank, unknown or not of type school is left out. What Aivo has for its id stays as it was.",
    ruleSource: "OneRoster 1.1, classes.schoolSourcedId is required",
    remedy: "Include the school in orgs, or correct the class's school in the SIS.",
  },
  "reference-term": {
    severity: "warning",
    title: "Class without a known term",
    rule: "The class comes through; a term that is blank or unknown is left off.",
    ruleSource: "OneRoster 1.1, classes.termSourcedIds is required",
    remedy: "Include the academic session in the export, or correct the class's terms in the SIS.",
  },
  "reference-course": {
    severity: "warning",
    title: "Class without a known course",
    rule: "The class comes through without a course.",
    ruleSource: "OneRoster 1.1, classes.courseSourcedId is required",
    remedy: "Include courses in the export, or correct the class's course in the SIS.",
  },
  "reference-org": {
    severity: "warning",
    title: "Person at an unknown school",
    rule: "The person comes through; an org that is unknown is left off their schools.",
    ruleSource: "OneRoster 1.1, users.orgSourcedIds is required",
    remedy: "Include the org in the export, or correct the person's schools in the SIS.",
  },
  "reference-class": {
    severity: "error",
    title: "Enrollment in an unknown class",
    rule: "An enrollment whose class did not come through and is not known to Aivo is left out. One missing class is one issue, whatever number of enrollments name it; a class that was left out itself has its own.",
    ruleSource: "OneRoster 1.1, enrollments.classSourcedId is required",
    remedy: "Include the class in the export, or remove the enrollment in the SIS.",
  },
  "reference-user": {
    severity: "error",
    title: "Enrollment of an unknown person",
    rule: "An enrollment whose person did not come through and is not known to Aivo is left out. One missing person is one issue, whatever number of enrollments name them; a person who was left out themselves has their own.",
    ruleSource: "OneRoster 1.1, enrollments.userSourcedId is required",
    remedy: "Include the person in the export, or remove the enrollment in the SIS.",
  },
  "enrollment-role": {
    severity: "error",
    title: "Enrollment role does not fit the person",
    rule: "A student enrolled as teacher, or a teacher enrolled as student, is not given that role; the enrollment is left out.",
    ruleSource: "Aivo: a child never gets a teacher's access",
    remedy: "Correct the role of the enrollment, or of the person, in the SIS.",
  },
  "enrollment-not-rostered": {
    severity: "error",
    title: "Enrollment of somebody who is not rostered",
    rule: "Administrators, aides, parents and other people who are neither student nor teacher have no account, so their enrollment as one is left out.",
    ruleSource: "Aivo: students and teachers are rostered",
    remedy: "Give the person the role of a teacher or student in the SIS, or remove the enrollment.",
  },
  "enrollment-repeated": {
    severity: "notice",
    title: "Person enrolled in a class more than once",
    rule: "A person is a member of a class once: the enrollment with the latest begin counts, over the widest range of dates.",
    ruleSource: "Aivo: a membership is one person in one classroom",
    remedy: "Remove the older enrollment in the SIS if it is not wanted.",
  },
  "withdrawals-suspended": {
    severity: "warning",
    title: "Missing record kept: it may be a row without an id",
    rule: "A record that the SIS no longer lists stays active while a row without an id may be it: a row with its number, its email address, or its name and school; for a class its code, or its name and school; for an enrollment its class and person. A row that names none of these may be anybody of its role and school, one that could not be read may be any record, and a blank one is nobody. All other missing records are withdrawn.",
    ruleSource: "Aivo: nobody is deactivated on doubt",
    remedy: "Give this row its id in the SIS, or remove it; the next sync then withdraws who is really gone.",
  },
});

export type IssueCode = keyof typeof issueCodes;
