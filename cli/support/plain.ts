/** A message for the person at the terminal: shown as it is, without a stack. */
export class Plain extends Error {}
