export interface NameParts {
  readonly givenName: string;
  readonly middleName?: string | null;
  readonly familyName: string;
}

/** "Claire Ann Baker". Somebody with one name has just that, without a space beside it. */
export function fullName({ givenName, middleName, familyName }: NameParts): string {
  return [givenName, middleName ?? "", familyName].filter(Boolean).join(" ");
}

/** "Baker, Claire Ann", as lists are sorted. Somebody with one name has just that, without a comma beside it. */
export function sortedName({ givenName, middleName, familyName }: NameParts): string {
  return [familyName, [givenName, middleName ?? ""].filter(Boolean).join(" ")].filter(Boolean).join(", ");
}
