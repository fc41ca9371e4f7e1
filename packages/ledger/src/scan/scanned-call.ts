import type { Call } from '@signalbox/contract/call'

/**
 * A call on its way from a transcript into the ledger: its time in milliseconds since 1970, and names that were not
 * written as explicit undefined, so that all are objects of one shape.
 */
export type ScannedCall = Omit<Call, 'at'> & { readonly at: number }
