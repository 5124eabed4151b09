import { generateSecret, generateURI, verifySync } from "otplib";

/** RFC 6238: six digits, thirty seconds, SHA-1, which is what every app knows. */
const stepSeconds = 30;

/** A secret of 160 bits as base32, and the address by which an app takes it up. */
export function newAppSecret(label: string): { readonly secret: string; readonly uri: string } {
  const secret = generateSecret();
  return { secret, uri: generateURI({ issuer: "Aivo", label, secret }) };
}

/** The step of time that a code of six digits is of, one to either side of now; null: it is none. */
export function timeStepOf(secret: string, code: string, now: Date): number | null {
  const epoch = Math.floor(now.getTime() / 1000);
  const found = verifySync({ secret, token: code, epoch, epochTolerance: stepSeconds });
  return found.valid && "timeStep" in found ? found.timeStep : null;
}
