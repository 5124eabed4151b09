import type { AuthorizationOutcome } from "#lib/services/integrations/schema.ts";

interface Words {
  readonly title: string;
  readonly text: string;
}

/** How an authorization ended, in words for whoever began it. */
export const authorizationWords: Record<AuthorizationOutcome, Words> = {
  authorized: {
    title: "Authorized with Clever",
    text: "Aivo has the district's authorization and keeps it encrypted. The next sync uses it: run one now, or leave it to the schedule where there is one.",
  },
  denied: {
    title: "The authorization was canceled in Clever",
    text: "Nothing was changed. Begin again when you are ready, and choose Authorize in Clever.",
  },
  "no-state": {
    title: "That sign-in did not begin here",
    text: "Aivo only accepts an authorization that was begun on the integration's page, so this one was not used. Begin it there.",
  },
  "unknown-state": {
    title: "That authorization is not known",
    text: "It was begun by somebody else, or for another district, so it was not used. Begin again on the integration's page.",
  },
  "used-state": {
    title: "That authorization was used already",
    text: "Each one works once: going back in the browser, or loading the page again, does not repeat it. Nothing was changed by that. If the integration is not authorized, begin again.",
  },
  "expired-state": {
    title: "The authorization took too long",
    text: "It has to be completed within ten minutes. Nothing was changed; begin again.",
  },
  "other-browser": {
    title: "The authorization came back in another browser",
    text: "It must end in the browser in which it was begun, so it was not used. Begin again, and stay in one browser.",
  },
  "code-refused": {
    title: "Clever did not accept its own code any more",
    text: "A code lives for about a minute and works once. Nothing was changed; begin again.",
  },
  "client-refused": {
    title: "Clever does not accept the client ID and secret",
    text: "Copy both again from Clever's dashboard (Settings → API) into Edit and test, then begin again. The redirect URI must be registered there too.",
  },
  "other-district": {
    title: "That is another district in Clever",
    text: "Whoever signed in to Clever belongs to a district other than the one with the integration's District ID. Nothing was changed. Sign in to Clever as an admin of the right district, or correct the District ID.",
  },
  "no-token": {
    title: "Clever has not connected the district with Aivo yet",
    text: "The sign-in worked, but Clever lists no authorization for this district. In Clever, open Applications, accept Aivo and share schools with it; then begin again.",
  },
  changed: {
    title: "The integration was changed meanwhile",
    text: "Its client ID or district is not the one that was authorized, so the authorization was not kept. Begin again.",
  },
  unreachable: {
    title: "Clever could not be asked",
    text: "The connection to Clever failed, or it answered in a way that Aivo cannot use. Nothing was changed. Begin again in a few minutes; Test Connection shows what is wrong.",
  },
};
