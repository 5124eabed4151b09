import { Picture } from "./picture.tsx";

/** Which part of an address is the base URL. */
export function BaseUrlPicture() {
  return (
    <Picture
      title="Which part is the base URL"
      description="The base URL is the beginning of the address, for example https://sis.example.org. Aivo adds /ims/oneroster/v1p1 and then /users, /classes and so on by itself."
      caption="If the vendor gives you the whole address, paste it as it is."
      height={94}
    >
      <rect x="10" y="12" width="172" height="24" rx="5" className="fill-accent-soft stroke-accent" />
      <text x="18" y="28" className="fill-accent font-mono text-[11px]">
        https://sis.example.org
      </text>
      <text x="190" y="28" className="fill-accent text-[11px] font-semibold">
        Base URL
      </text>
      <rect x="28" y="44" width="192" height="24" rx="5" className="fill-sunken stroke-edge" strokeDasharray="3 3" />
      <text x="36" y="60" className="fill-muted font-mono text-[11px]">
        /ims/oneroster/v1p1/users
      </text>
      <path d="M 18 36 V 56 H 28" className="stroke-edge" fill="none" strokeWidth="1.5" />
      <text x="28" y="84" className="fill-muted text-[11px]">
        Aivo adds this
      </text>
    </Picture>
  );
}
