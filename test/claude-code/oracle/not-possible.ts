/** A version cannot do what a scenario asks of it; the message says why. */
export class NotPossible extends Error {}
