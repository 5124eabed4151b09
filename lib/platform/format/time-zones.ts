/** Time zones as an admin chooses one: those of the United States first, by what they are called there, then the others by continent. */
export interface TimeZoneGroup {
  readonly label: string;
  readonly zones: readonly { readonly value: string; readonly label: string }[];
}

const american: Readonly<Record<string, string>> = {
  "America/New_York": "Eastern Time (New York)",
  "America/Detroit": "Eastern Time (Detroit)",
  "America/Indiana/Indianapolis": "Eastern Time (Indianapolis)",
  "America/Kentucky/Louisville": "Eastern Time (Louisville)",
  "America/Chicago": "Central Time (Chicago)",
  "America/Menominee": "Central Time (Menominee)",
  "America/North_Dakota/Center": "Central Time (Center, North Dakota)",
  "America/Denver": "Mountain Time (Denver)",
  "America/Boise": "Mountain Time (Boise)",
  "America/Phoenix": "Arizona, without daylight time (Phoenix)",
  "America/Los_Angeles": "Pacific Time (Los Angeles)",
  "America/Anchorage": "Alaska Time (Anchorage)",
  "America/Adak": "Hawaii-Aleutian Time (Adak)",
  "Pacific/Honolulu": "Hawaii Time (Honolulu)",
  "America/Puerto_Rico": "Atlantic Time (Puerto Rico)",
  "Pacific/Guam": "Chamorro Time (Guam)",
  "Pacific/Pago_Pago": "Samoa Time (Pago Pago)",
};

/** Names that runtimes still list and nobody uses, each with today's. */
const renamed: Readonly<Record<string, string>> = {
  "Africa/Asmera": "Africa/Asmara",
  "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
  "America/Catamarca": "America/Argentina/Catamarca",
  "America/Coral_Harbour": "America/Atikokan",
  "America/Cordoba": "America/Argentina/Cordoba",
  "America/Godthab": "America/Nuuk",
  "America/Indianapolis": "America/Indiana/Indianapolis",
  "America/Jujuy": "America/Argentina/Jujuy",
  "America/Louisville": "America/Kentucky/Louisville",
  "America/Mendoza": "America/Argentina/Mendoza",
  "Asia/Calcutta": "Asia/Kolkata",
  "Asia/Katmandu": "Asia/Kathmandu",
  "Asia/Rangoon": "Asia/Yangon",
  "Asia/Saigon": "Asia/Ho_Chi_Minh",
  "Atlantic/Faeroe": "Atlantic/Faroe",
  "Europe/Kiev": "Europe/Kyiv",
  "Pacific/Enderbury": "Pacific/Kanton",
  "Pacific/Ponape": "Pacific/Pohnpei",
  "Pacific/Truk": "Pacific/Chuuk",
};

/** "Central Time (Chicago)", elsewhere the place: "Kathmandu", "Buenos Aires, Argentina" */
export function formatTimeZone(zone: string): string {
  const name = american[zone];
  if (name !== undefined) return name;
  const [, ...places] = zone.split("/");
  return places.length === 0 ? zone : places.reverse().join(", ").replaceAll("_", " ");
}

/** `current` is among them however it is spelt, so that a form shows what is stored. */
export function timeZoneGroups(supported: readonly string[], current: string): readonly TimeZoneGroup[] {
  const all = new Set([...supported.map((zone) => renamed[zone] ?? zone), "UTC", current]);
  const option = (value: string) => ({ value, label: formatTimeZone(value) });
  const others = Map.groupBy(
    [...all].filter((zone) => american[zone] === undefined),
    (zone) => (zone.includes("/") ? (zone.split("/")[0] ?? zone) : "Other"),
  );
  return [
    { label: "United States", zones: Object.keys(american).map(option) },
    ...[...others]
      .sort(([a], [b]) => rankOf(a) - rankOf(b) || a.localeCompare(b))
      .map(([label, zones]) => ({ label, zones: zones.map(option).sort((a, b) => a.label.localeCompare(b.label)) })),
  ];
}

/** What is no continent comes last. */
const rankOf = (label: string) => (label === "Other" || label === "Etc" ? 1 : 0);
