import type { Call } from '@signalbox/contract/call'

/**
 * A call read from a transcript, with its time in milliseconds since 1970. Missing names are explicit undefined, so that all
 * objects have the same shape.
 */
export type ScannedCall = Omit<Call, 'at'> & { readonly at: number }
