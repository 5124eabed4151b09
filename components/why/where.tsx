import { Badge, StateBadge } from "#components/ui/badge.tsx";
import { type Whereabouts, whereaboutsWords } from "#lib/services/why/schema.ts";
import { whereTones } from "./why-words.ts";

/** Where somebody is; grey and without a mark where that is as it should be. */
export function Where({ where }: { readonly where: Whereabouts }) {
  const tone = whereTones[where];
  return tone === null ? <Badge>{whereaboutsWords[where]}</Badge> : <StateBadge tone={tone}>{whereaboutsWords[where]}</StateBadge>;
}
