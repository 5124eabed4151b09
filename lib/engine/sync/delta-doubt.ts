/**
 * Changes alone do not tell what a full read would: thrown while planning, nothing has been changed. The message says
 * why.
 */
export class DeltaDoubt extends Error {}
