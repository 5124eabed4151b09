import type { OpenIncident } from "#lib/services/notices/schema.ts";

/** An open incident, and the page that it is about. */
export interface Ringing extends Pick<OpenIncident, "id" | "title" | "tone" | "openedAt"> {
  readonly href: string;
}
