"use server";
import { type ActionResult, actionResult } from "#app/errors.ts";
import { services } from "#app/services.ts";
import { adminScope } from "#app/session.ts";
import type { AuditVerification } from "#lib/platform/audit.ts";
import { verifyAuditLog } from "#lib/services/audit-log/read.ts";

export async function verifyChain(): Promise<ActionResult<AuditVerification>> {
  return actionResult(async () => verifyAuditLog(await services(), await adminScope("read-audit-log")));
}
