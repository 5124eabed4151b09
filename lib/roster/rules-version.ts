/**
 * The version of the rules by which input becomes a roster. Raised whenever normalising or planning gives another result for the
 * same input, so that a run over unchanged input is not skipped as "nothing new" after the rules have changed.
 */
export const rulesVersion = 6;
