/** What an attacker writes where a program expects something else. */
export const payloads = [
  "' or '1'='1' --",
  "'; select pg_sleep(20) --",
  '"><script>alert(1)</script>',
  "</title><img src=x onerror=alert(1)>",
  "%00",
  "\0",
  "\ud83d\ude00".repeat(400),
  "-1",
  "9".repeat(400),
  "../../../etc/passwd",
  "__proto__",
  "\\",
  "%",
  "[object Object]",
] as const;

/** Every name that a page or a route reads from its address, and some that none does. */
export const parameters = [
  ...["q", "page", "sort", "direction", "status", "school", "grade", "when", "kind", "code", "collection", "state", "entity", "action"],
  ...["outcome", "who", "ref", "role", "tab", "returnTo", "error", "reason", "token", "provider", "district", "days", "from", "to"],
  ...["since", "actor", "search", "subject", "limit", "cursor", "format", "integration", "__proto__", "constructor"],
] as const;

/** Addresses inside, in every spelling that some parser reads as one. */
export const innerAddresses = [
  "http://sis.example/",
  "https://127.0.0.1/",
  "https://2130706433/",
  "https://0177.0.0.1/",
  "https://0x7f.1/",
  "https://127.1/",
  "https://[::1]/",
  "https://[::ffff:127.0.0.1]/",
  "https://[::ffff:7f00:1]/",
  "https://[64:ff9b::7f00:1]/",
  "https://[2002:7f00:1::]/",
  "https://169.254.169.254/latest/meta-data/",
  "https://[fd00:ec2::254]/",
  "https://10.0.0.1/",
  "https://192.168.1.1/",
  "https://0.0.0.0/",
  "https://localhost/",
  "https://user:word@93.184.216.34/",
  "file:///etc/passwd",
  "gopher://127.0.0.1:25/",
  "javascript:alert(1)",
] as const;

/** Ways out of the portal, for whoever takes them for a path. */
export const waysOut = [
  "https://elsewhere.example/",
  "//elsewhere.example/",
  "/\\elsewhere.example/",
  "/\t/elsewhere.example/",
  "\\\\elsewhere.example",
  "/%2f%2felsewhere.example/..",
  "javascript:alert(1)",
  "/api/auth/signout",
  "/sign-in?returnTo=//elsewhere.example",
] as const;

/** Bodies of calls that are none, by the status that is said. */
export const malformedCalls: readonly (readonly [what: string, status: number, body: string | Buffer, headers?: Record<string, string>])[] =
  [
    ["no JSON", 400, "["],
    ["nothing", 400, ""],
    ["no list", 400, '{"0":1}'],
    ["what refers to nothing", 400, '["$5"]'],
    ["a NUL", 400, '["\\u0000",{"reason":"\\u0000"}]'],
    ["what refers to itself", 400, '["$0:0"]'],
    ["depth", 400, `${"[".repeat(5_000)}${"]".repeat(5_000)}`],
    ["broken letters", 400, Buffer.from([0x5b, 0x22, 0xff, 0xfe, 0x22, 0x5d])],
    ["a form", 400, "--x\r\nnothing", { "content-type": "multipart/form-data; boundary=x" }],
    ["two megabytes", 413, `["${"x".repeat(2_000_000)}"]`],
    ["a call from nowhere", 403, "[]", { origin: "" }],
    ["a call from a page that must not be known", 403, "[]", { origin: "null" }],
    ["a call from elsewhere", 403, "[]", { origin: "https://elsewhere.example" }],
    ["a call of what is no action", 400, "[]", { "next-action": "zzz" }],
  ];

/** Arguments that no caller of ours gives. */
export const wrongArguments: readonly (readonly unknown[])[] = [
  [],
  [null],
  [{}, {}, {}],
  [[[]], 5, true],
  ["' or 1=1 --", { "": 1 }, -1],
  [{ __proto__: null, constructor: { prototype: { polluted: true } } }, "\ud800", 1e308],
  ["\u0001", "\ufffe", { reason: "\u0001", name: "\u202e" }],
  ["00000000-0000-0000-0000-000000000000", "x".repeat(20_000), ["y"]],
];
