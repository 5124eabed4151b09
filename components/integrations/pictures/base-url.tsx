import { Picture } from "./picture.tsx";

/** Which part of an address is the base URL. */
export function BaseUrlPicture() {
  return (
    <Picture
      title="Which part is the base URL"
      description="The base URL is the beginning of the address, for example https://sis.example.org. Aivo adds /ims/oneroster/v1p1 and then /users, /classes and so on by itself."
      caption="If the vendor gives you the whole address, paste it as it is."
      height={92}
    >
      <rect x="10" y="14" width="150" height="24" rx="5" className="fill-accent-soft stroke-accent" />
      <text x="18" y="30" className="fill-accent font-mono text-[11px]">
        https://sis.example.org
      </text>
      <text x="10" y="54" className="fill-accent text-[11px] font-semibold">
        Base URL: you enter this
      </text>
      <text x="18" y="80" className="fill-muted font-mono text-[11px]">
        /ims/oneroster/v1p1/users
      </text>
      <text x="176" y="30" className="fill-muted text-[11px]">
        Aivo adds the rest
      </text>
      <path d="M 196 36 V 76 H 190" className="stroke-edge" fill="none" strokeWidth="1.5" strokeDasharray="3 3" />
    </Picture>
  );
}
