import postgres from "postgres";

/** How long an answer may take before the database counts as away, and for how long one answer serves everybody who asks. */
const answerMs = 3_000;
const keptMs = 1_000;

/** Whether the database answers: asked over a connection of its own each time, which no download or page can hold. Never throws. */
export type Probe = () => Promise<boolean>;

/** One question at a time, whoever asks. */
export function openProbe(url: string): Probe {
  let asked: { readonly at: number; readonly answer: Promise<boolean> } | null = null;
  return () => {
    if (asked === null || Date.now() - asked.at > keptMs + answerMs) {
      const answer = ask(url);
      const current = { at: Date.now(), answer };
      asked = current;
      const forget = () => {
        if (asked === current) asked = null;
      };
      void answer.then(() => setTimeout(forget, keptMs).unref());
    }
    return asked.answer;
  };
}

async function ask(url: string): Promise<boolean> {
  const sql = postgres(url, {
    max: 1,
    connect_timeout: answerMs / 1000,
    fetch_types: false,
    onnotice: () => {},
    connection: { application_name: "aivo-health" },
  });
  const late = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => late.resolve(false), answerMs);
  try {
    return await Promise.race([sql`select 1`.simple().then(() => true), late.promise]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
    void sql.end({ timeout: 0 });
  }
}
