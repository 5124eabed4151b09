/** What to do where an integration is pointed at another district. */
export function otherDistrictRemedy(former: string): string {
  return `An integration rosters one district. Enter ${former} again under Credentials, or choose Add Integration for the other district and leave this one as it is.`;
}
