import { z } from "zod";
import type { DeliveryState } from "#lib/platform/db/schema/notices.ts";
import { type ChosenKind, chosenKinds, type IncidentKind } from "#lib/roster/notices/kinds.ts";

/** Free of Node: forms and pages import this file. */

export const NoticeChoices = z.partialRecord(z.enum(chosenKinds as [ChosenKind, ...ChosenKind[]]), z.boolean());

/** Whether email is set up, and what one admin gets of it. */
export interface NoticeSettings {
  readonly isMailOn: boolean;
  /** Where the admin's email goes; null: the account has none. */
  readonly email: string | null;
  readonly choices: Readonly<Record<ChosenKind, boolean>>;
}

/** Something that is open in the district. */
export interface OpenIncident {
  readonly id: string;
  readonly kind: IncidentKind;
  readonly tone: "bad" | "warn" | "info";
  readonly title: string;
  readonly integrationId: string | null;
  readonly runId: string | null;
  readonly openedAt: string;
}

/** A message to somebody or somewhere, and how it went. */
export interface DeliveryRow {
  readonly id: string;
  readonly channel: "email" | "webhook";
  readonly recipientId: string;
  /** The admin's name, or the endpoint's address; null where it is gone. */
  readonly recipient: string | null;
  readonly kind: string;
  readonly phase: string;
  readonly title: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly answer: string | null;
  readonly createdAt: string;
  readonly lastAttemptAt: string | null;
  /** While it waits. */
  readonly nextAttemptAt: string | null;
  readonly sentAt: string | null;
}

export const deliveriesShown = 50;
