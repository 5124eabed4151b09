/** Roles over REST have no id of their own: a role is known by its person, its org, its word and its begin. */
import { createHash } from "node:crypto";

/** Ids are at most so long. */
const longest = 255;

export interface RoleIdentity {
  readonly userSourcedId: string;
  readonly orgSourcedId: string;
  readonly role: string;
  readonly beginDate: string;
}

/** Joined while that can be an id, so that it can be read; of what is longer, its person and a hash. */
export function roleId({ userSourcedId, orgSourcedId, role, beginDate }: RoleIdentity): string {
  const parts = [userSourcedId, orgSourcedId, role, beginDate].map((part) => part.trim().replaceAll("%", "%25").replaceAll("|", "%7C"));
  const joined = parts.join("|");
  return joined.length <= longest ? joined : `sha256:${createHash("sha256").update(joined).digest("hex")}`;
}
