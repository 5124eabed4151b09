/** The files of a OneRoster 1.1 CSV set with their columns in the order of the binding. */
const state = ["sourcedId", "status", "dateLastModified"] as const;

export const columns = {
  academicSessions: [...state, "title", "type", "startDate", "endDate", "parentSourcedId", "schoolYear"],
  orgs: [...state, "name", "type", "identifier", "parentSourcedId"],
  courses: [...state, "schoolYearSourcedId", "title", "courseCode", "grades", "orgSourcedId", "subjects", "subjectCodes"],
  classes: [
    ...state,
    "title",
    "grades",
    "courseSourcedId",
    "classCode",
    "classType",
    "location",
    "schoolSourcedId",
    "termSourcedIds",
    "subjects",
    "subjectCodes",
    "periods",
  ],
  users: [
    ...state,
    "enabledUser",
    "orgSourcedIds",
    "role",
    "username",
    "userIds",
    "givenName",
    "familyName",
    "middleName",
    "identifier",
    "email",
    "sms",
    "phone",
    "agentSourcedIds",
    "grades",
    "password",
  ],
  enrollments: [...state, "classSourcedId", "schoolSourcedId", "userSourcedId", "role", "primary", "beginDate", "endDate"],
  demographics: [
    ...state,
    "birthDate",
    "sex",
    "americanIndianOrAlaskaNative",
    "asian",
    "blackOrAfricanAmerican",
    "nativeHawaiianOrOtherPacificIslander",
    "white",
    "demographicRaceTwoOrMoreRaces",
    "hispanicOrLatinoEthnicity",
    "countryOfBirthCode",
    "stateOfBirthAbbreviation",
    "cityOfBirth",
    "publicSchoolResidenceStatus",
  ],
} as const;

export type Columns = readonly string[];
export type SetFile = keyof typeof columns;
export const setFiles = Object.keys(columns) as readonly SetFile[];

export const ungradedFiles = ["categories", "classResources", "courseResources", "lineItems", "resources", "results"] as const;
