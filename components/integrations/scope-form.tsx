"use client";
import { useRouter } from "next/navigation";
import { useEffect, useRef, useState, useTransition } from "react";
import { unreachable } from "#components/settings/result.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { RadioGroup } from "#components/ui/choices.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { Scope } from "#lib/roster/scope.ts";
import { scopeKinds } from "#lib/roster/scope.ts";
import { kindWords, type ScopeChoice, type ScopeChoices, type ScopeInFull, type SearchedList } from "#lib/services/scope/schema.ts";
import { Checklist } from "./checklist.tsx";
import type { Answer } from "./types.ts";

type Answered<T> = { readonly ok: true; readonly data: T } | Extract<Answer, { ok: false }>;

export interface ScopeFormProps {
  readonly state: Pick<ScopeInFull, "scope" | "named">;
  /** What the scope that is set means. */
  readonly consequences: readonly string[];
  readonly choices: Readonly<Record<SearchedList, ScopeChoices>>;
  readonly grades: readonly ScopeChoice[];
  readonly count: (scope: Scope) => Promise<Answered<readonly string[]>>;
  readonly search: (list: SearchedList, text: string) => Promise<Answered<ScopeChoices>>;
  readonly save: (scope: Scope, shown: Scope) => Promise<Answered<boolean>>;
}

const lists = {
  schools: { title: "Schools", noun: "school", of: ["learner", "learners"] },
  terms: { title: "Terms", noun: "term", of: ["class", "classes"] },
  courses: { title: "Courses", noun: "course", of: ["class", "classes"] },
} as const;
const hints: Readonly<Record<SearchedList, string>> = {
  schools: "With their classes, the people who are at no other school, and what these are enrolled in.",
  terms: "With the classes that are in no other term. A class that is in others as well loses none of them.",
  courses: "With their classes.",
};

/** What is ticked is left out; what that means is counted while one chooses. */
export function ScopeForm({ state, consequences, choices, grades, count, search, save }: ScopeFormProps) {
  const router = useRouter();
  const [scope, setScope] = useState<Scope>(state.scope);
  const [said, setSaid] = useState(consequences);
  const [problem, setProblem] = useState<string | null>(null);
  const [counting, beginCounting] = useTransition();
  const [saving, beginSaving] = useTransition();
  const isChanged = JSON.stringify(scope) !== JSON.stringify(state.scope);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const latest = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);

  const change = (next: Scope) => {
    setScope(next);
    setProblem(null);
    clearTimeout(timer.current);
    const asked = ++latest.current;
    timer.current = setTimeout(() => {
      beginCounting(async () => {
        const answer = await count(next).catch(() => unreachable);
        if (asked !== latest.current) return;
        if (answer.ok) setSaid(answer.data);
        else setProblem(answer.message);
      });
    }, 300);
  };
  const toggle = (list: SearchedList | "grades" | "kinds", id: string) => {
    const ids: readonly string[] = scope[list];
    change({ ...scope, [list]: ids.includes(id) ? ids.filter((other) => other !== id) : [...ids, id].sort() });
  };
  const submit = () =>
    beginSaving(async () => {
      const answer = await save(scope, state.scope).catch(() => unreachable);
      if (!answer.ok) return setProblem(Object.values(answer.fields)[0] ?? answer.message);
      toast({ tone: "good", title: "Scope saved" });
      window.scrollTo({ top: 0 });
      router.refresh();
    });

  return (
    <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <div className="grid min-w-0 gap-6">
        {(Object.keys(lists) as SearchedList[]).map((list) => (
          <Card key={list} title={lists[list].title} lead={hints[list]}>
            <Checklist
              label={lists[list].title}
              noun={lists[list].noun}
              of={lists[list].of}
              initial={choices[list]}
              named={state.named[list]}
              chosen={scope[list]}
              toggle={(id) => toggle(list, id)}
              search={(text) => search(list, text)}
            />
          </Card>
        ))}
        <Card title="Grades" lead="Learners of these grades, with their memberships. A class stays, whoever is in it.">
          <Checklist
            label="Grades"
            noun="grade"
            of={["learner", "learners"]}
            initial={{ rows: grades, total: grades.length }}
            named={grades}
            chosen={scope.grades}
            toggle={(id) => toggle("grades", id)}
          />
        </Card>
        <Card title="Kinds of record" lead="None of these at all.">
          <Checklist
            label="Kinds of record"
            noun="kind"
            initial={{
              rows: scopeKinds.map((kind) => ({ id: kind, name: kindWords[kind].label, hint: kindWords[kind].hint, count: 0 })),
              total: 4,
            }}
            named={[]}
            chosen={scope.kinds}
            toggle={(id) => toggle("kinds", id)}
          />
        </Card>
      </div>
      <section aria-labelledby="scope-means" className="sticky top-4 grid gap-4 rounded-lg border border-line bg-surface p-5 shadow-raised">
        <h2 id="scope-means" className="text-head">
          What this means
        </h2>
        <div role="status" aria-busy={counting} className="grid gap-1 text-sm">
          {said.map((line) => (
            <p key={line}>{line}</p>
          ))}
          {counting ? <p className="text-muted">Counting …</p> : null}
        </div>
        <RadioGroup
          legend="What Aivo has of it already"
          name="outside"
          value={scope.outside}
          onChange={(value) => change({ ...scope, outside: value === "withdraw" ? "withdraw" : "leave" })}
          options={[
            { value: "leave", label: "Leave as they are", hint: "No sync changes them. Who leaves the SIS is withdrawn all the same." },
            { value: "withdraw", label: "Withdraw", hint: "As if the SIS had them no longer. The safety limits hold." },
          ]}
        />
        {problem ? <FormErrorSummary message={problem} /> : null}
        <div className="flex flex-wrap gap-2">
          <Button variant="primary" pending={saving} onClick={submit} {...(isChanged ? {} : { unavailable: "Nothing is changed yet." })}>
            Save scope
          </Button>
          {isChanged ? <Button onClick={() => change(state.scope)}>Take back</Button> : null}
        </div>
        <p className="text-small leading-snug text-muted">Saving changes no record: the next sync does, or a preview shows it first.</p>
      </section>
    </div>
  );
}
