import type { IdentityRefusal } from "#lib/services/identity/schema.ts";

const askAdmin = "Ask your district’s Aivo administrator.";

/** What the sign-in page says to whom the district's own accounts did not sign in. */
export const ownAccountRefusals: Readonly<Record<IdentityRefusal, { readonly title: string; readonly text: string }>> = {
  canceled: { title: "You are not signed in", text: "You broke it off at your district’s sign-in. Begin again when you like." },
  expired: {
    title: "That took too long, or was begun elsewhere",
    text: "A sign-in works once, for ten minutes, in the browser in which it was begun. Begin again here.",
  },
  throttled: { title: "Too many attempts from your network", text: "Wait a quarter of an hour, then try again." },
  unreachable: {
    title: "Your district’s sign-in does not answer",
    text: `Try again in a few minutes. If it stays, ${askAdmin.charAt(0).toLowerCase()}${askAdmin.slice(1)}`,
  },
  "not-valid": { title: "The answer of your district’s sign-in could not be trusted", text: `Try once more. ${askAdmin}` },
  "other-tenant": {
    title: "That account belongs to another organization",
    text: "Sign in with the account that your school or district gave you.",
  },
  unverified: {
    title: "Your district’s sign-in does not vouch for your email address",
    text: `Aivo knows you by an address that it has verified, and by nothing else. ${askAdmin}`,
  },
  "no-sis-id": { title: "Your district’s sign-in did not say who you are in its SIS", text: askAdmin },
  unknown: {
    title: "Nobody in Aivo has this account",
    text: `Aivo has whom your district’s SIS lists, and its admins. You are signed in there as somebody else, or not listed yet. ${askAdmin}`,
  },
  ambiguous: { title: "Several people share this email address", text: `So it cannot sign anyone in. ${askAdmin}` },
  "other-subject": {
    title: "Another account of your district is linked to you",
    text: "If your district gave you a new one, ask its Aivo administrator to release the link to the old one.",
  },
  deactivated: { title: "This account is deactivated", text: askAdmin },
  barred: { title: "This account cannot sign in at present", text: askAdmin },
  suspended: { title: "Your district is suspended at present: nobody can sign in", text: askAdmin },
};
