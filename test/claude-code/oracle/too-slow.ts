/** A client on a busy machine was too late for what a scenario plays; the message says for what. */
export class TooSlow extends Error {}
