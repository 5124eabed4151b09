import { counter } from "#lib/platform/metrics.ts";

export const requestErrors = counter({ name: "aivo_web_request_errors_total", help: "Requests that ended with an error nobody foresaw" });
