import { setNonce } from "get-nonce";

// Radix keeps the page from scrolling under what floats over it by a style of its own. The Content-Security-Policy lets in those that carry
// the nonce of the page, which stands on the scripts that brought it; a page that is come to without loading keeps that one.
const carrier = typeof document === "undefined" ? null : document.querySelector<HTMLScriptElement>("script[nonce]");
if (carrier) setNonce(carrier.nonce);
