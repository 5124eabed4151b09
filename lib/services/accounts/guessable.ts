import { ServiceError } from "#lib/platform/errors.ts";

/** Guesses, as a power of ten, that a password must withstand: zxcvbn's third of four marks, "safely unguessable". */
const leastGuessesLog10 = 8;
/** What follows makes no password worse, and looking at it is work. */
const lookedAt = 72;

const load = async () => {
  const [{ ZxcvbnFactory }, { dictionary, adjacencyGraphs }] = await Promise.all([
    import("@zxcvbn-ts/core"),
    import("@zxcvbn-ts/language-common"),
  ]);
  return new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });
};
let held: ReturnType<typeof load> | undefined;

/**
 * Refuses what is guessed first: the common passwords of a list that is shipped (NIST SP 800-63B-4, 3.1.1.2), rows of keys, repetitions, and
 * what is known of the person: `about`, names and addresses. It demands no kinds of characters.
 * @throws ServiceError `invalid` at the field `field`
 */
export async function assertHardToGuess(password: string, about: readonly string[], field: string): Promise<void> {
  held ??= load();
  const words = about.flatMap((text) => [text, ...text.split(/[\s@.]+/)]).filter((word) => word.length > 2);
  const { guessesLog10 } = (await held).check(password.slice(0, lookedAt), ["aivo", ...words]);
  if (guessesLog10 < leastGuessesLog10) {
    throw new ServiceError("invalid", "The password was not changed.", {
      [field]: "This is easy to guess: it is a common password, or made of your name, of repetitions or of rows of keys",
    });
  }
}
