/** Free of Node, and of zod, which would come with it into every page with a new password. */

/** What NIST SP 800-63B-4 (3.1.1.2) asks of a password that stands alone. */
export const passwordMinLength = 15;
