import type { PublicKeyCredentialCreationOptionsJSON } from "@simplewebauthn/browser";
import type { Result } from "#components/settings/result.ts";

/** What comes of a second factor that was added: recovery codes, shown once, where there were none. */
export interface Added {
  readonly codes: readonly string[] | null;
}

/** By which second factors are added. */
export interface AddFactorActions {
  readonly beginApp: () => Promise<Result<{ readonly secret: string; readonly uri: string }>>;
  readonly finishApp: (code: string) => Promise<Result<Added>>;
  readonly beginPasskey: () => Promise<Result<PublicKeyCredentialCreationOptionsJSON>>;
  readonly finishPasskey: (name: string, answer: unknown) => Promise<Result<Added>>;
}
