import type { PublicKeyCredentialCreationOptionsJSON, RegistrationResponseJSON } from "@simplewebauthn/browser";
import type { Result } from "#components/settings/result.ts";
import type { ProveActions } from "./prove.tsx";

/** The browser's side of passkeys, fetched when somebody uses one. */
const browser = () => import("@simplewebauthn/browser");

const refused = (message: string) => ({ ok: false, message, fields: {} }) as const;
const given = "No passkey was used. Try again, or choose another way.";

/** Has a passkey answer what the server asks. */
export async function answerWithKey({ askPasskey, prove }: Omit<ProveActions, "ways">): Promise<Result> {
  const asked = await askPasskey();
  if (!asked.ok) return asked;
  const { startAuthentication } = await browser();
  // Whoever closes the browser's own dialog is told by an exception.
  const answer = await startAuthentication({ optionsJSON: asked.data }).catch(() => null);
  return answer === null ? refused(given) : prove({ kind: "passkey", answer: { ...answer, response: { ...answer.response } } });
}

/** Has the browser make a passkey. */
export async function makeKey(options: PublicKeyCredentialCreationOptionsJSON): Promise<Result<RegistrationResponseJSON>> {
  const { startRegistration, WebAuthnError } = await browser();
  try {
    return { ok: true, data: await startRegistration({ optionsJSON: options }) };
  } catch (error) {
    if (error instanceof WebAuthnError && error.code === "ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED")
      return refused("This device has a passkey of yours already.");
    return refused("No passkey was made. Try again, or choose another way.");
  }
}
