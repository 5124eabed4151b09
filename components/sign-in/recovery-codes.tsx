"use client";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Icon } from "#components/ui/icon.tsx";

/** The ten codes, the one time that they are shown. */
export function RecoveryCodes({ codes }: { readonly codes: readonly string[] }) {
  return (
    <div className="grid gap-3">
      <p className="text-sm text-soft">
        Each signs you in once where the rest is lost. Keep them where your password is not: on paper, or in a password manager. They are
        shown only now.
      </p>
      <ul className="grid grid-cols-1 gap-1 sm:grid-cols-2" aria-label="Recovery codes">
        {codes.map((code) => (
          <li key={code} className="font-mono text-sm">
            {code}
          </li>
        ))}
      </ul>
      <CopyButton text={codes.join("\n")} />
    </div>
  );
}

function CopyButton({ text }: { readonly text: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return (
    <div>
      <Button size="sm" icon={<Icon name="copy" />} onClick={copy}>
        {copied ? "Copied" : "Copy all"}
      </Button>
    </div>
  );
}
