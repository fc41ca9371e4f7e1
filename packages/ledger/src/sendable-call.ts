import type { Call } from '@signalbox/contract/call'
import { MAX_NAME_LENGTHS } from './scan/parse-record.ts'

/** What the hub takes in no name: control characters, separators of lines, characters that change the text direction. */
const notInNames = /[\p{Cc}\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/gu

/** The key is made here. */
const { key: _, ...maxLengths } = MAX_NAME_LENGTHS
const names = Object.entries(maxLengths) as [keyof typeof maxLengths, number][]

/**
 * A call as the hub takes it. Claude Code wrote its names, so anything may be in them; they are sent as they are shown here, with
 * escapes, because a call that is refused would be missing from the sums.
 */
export function toSendable(call: Call): Call {
  let sendable = call
  for (const [name, maxLength] of names) {
    const text = call[name]
    if (text === undefined || text.search(notInNames) === -1) continue
    const escaped = text.replace(notInNames, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
    sendable = { ...sendable, [name]: escaped.slice(0, maxLength).toWellFormed() }
  }
  return sendable
}
