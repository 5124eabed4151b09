import { commandLine } from "./sis/command-line.ts";

// Whoever writes is told that the reader has left; Node would end the process with it as well.
process.stdout.on("error", () => {});
process.exitCode = await commandLine(process.argv.slice(2), {
  variables: process.env,
  write: (text) => new Promise((resolve, reject) => process.stdout.write(text, (error) => (error ? reject(error) : resolve()))),
  complain: (text) => void process.stderr.write(text),
  beforeLeaving: (release) => {
    let isLeaving = false;
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
      process.on(signal, () => {
        if (isLeaving) return;
        isLeaving = true;
        void release()
          .catch(() => {})
          .finally(() => process.exit(130));
      });
  },
});
