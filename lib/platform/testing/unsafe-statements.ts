/**
 * Test-only: what in a migration does not go beside the version before, which works on while it is applied and for a while after, or
 * keeps a table that may be large from everybody while it reads it. docs/operations.md, "Upgrading", has the rule.
 */
export interface Unsafe {
  readonly statement: string;
  readonly why: string;
}

/** What the version before may say of a table that it has. */
const expanding: readonly (readonly [pattern: RegExp, why: string])[] = [
  [/^drop table/, "drops a table that the version before uses"],
  [/^alter table .* drop column/, "drops a column that the version before names"],
  [/^alter table .* rename/, "gives another name to what the version before knows by the old one"],
  [/^alter (table .* )?.*\bset data type|^alter table .* alter column \S+ type/, "writes a table anew, under a lock"],
  [/^alter table .* alter column \S+ set not null/, "reads the whole table under a lock, and refuses rows of the version before"],
  [/^alter table .* alter column \S+ drop default/, "takes away a value that the version before leaves out"],
  [/^alter table .* add column (?!.*\bdefault\b).*\bnot null/, "refuses rows of the version before, which do not name it"],
  [/^alter table .* add column .*\bdefault\b.*\((?!\))/, "may write the table anew: its default is worked out for each row"],
  [
    /^alter table .* add (constraint .* )?(check|foreign key)(?!.*not valid)/,
    "reads the whole table under a lock, and may refuse rows of the version before",
  ],
  [
    /^alter table .* add (constraint .* )?(unique|primary key)/,
    "reads the whole table under a lock, and may refuse rows of the version before",
  ],
  [/^create unique index/, "may refuse rows of the version before, and keeps writes waiting while it is made"],
  [/^create index/, "keeps writes waiting while it is made"],
  [/^(truncate|delete from)/, "takes rows away that the version before may need"],
  [/^update /, "writes rows of a table, of which there may be many, in one transaction"],
  [/^revoke (?!.* from public$)/, "takes away what the version before may do"],
  [/^drop (index|policy|function|type|schema|trigger|view|role)/, "drops what the version before may need"],
  [/^lock table/, "keeps others waiting"],
];

/**
 * The statements of a migration that ask for a reason. One that has it bears a comment right above it that begins with `Beside the former
 * version:`. What a migration does to tables that it made itself concerns nobody. Blocks of `do` are looked through as text.
 */
export function unsafeStatements(migration: string): readonly Unsafe[] {
  const statements = statementsOf(migration);
  const own = new Set(
    statements.flatMap(({ text }) => /^create (?:unlogged )?table (?:if not exists )?"?([\w.]+)"?/.exec(text)?.[1] ?? []),
  );
  return statements.flatMap(({ text, isExplained }) => {
    const table =
      /^(?:alter table (?:only |if exists )?|(?:create (?:unique )?index .*? on (?:only )?)|drop table (?:if exists )?|update |delete from |truncate )"?([\w.]+)"?/.exec(
        text,
      )?.[1];
    if (isExplained || (table !== undefined && own.has(table))) return [];
    const found = expanding.find(([pattern]) => pattern.test(text));
    return found ? [{ statement: text.slice(0, 160), why: found[1] }] : [];
  });
}

const explanation = /^\s*--\s*Beside the former version:/m;

/** Each statement in one line and small letters, without comments; those within a `do` block by themselves. */
function statementsOf(migration: string): { text: string; isExplained: boolean }[] {
  const bodies: string[] = [];
  const outer = migration.replaceAll(/\bdo\s+(\$\w*\$)([\s\S]*?)\1/gi, (_, _mark, body: string) => {
    bodies.push(body.replaceAll(/\b(begin|loop|then|else|declare)\b/gi, "$1;").replaceAll(/execute\s+(format\(\s*)?(\$\w*\$|')/gi, ";"));
    return "do";
  });
  return [outer, ...bodies].flatMap((sql) =>
    sql.split(/;|--> statement-breakpoint/).flatMap((part) => {
      const text = part.replaceAll(/--.*$/gm, "").replaceAll(/\s+/g, " ").replaceAll('"', "").trim().toLowerCase();
      return text === "" ? [] : [{ text, isExplained: explanation.test(part) }];
    }),
  );
}
