import type { Call } from '@signalbox/contract/call'
import { callFieldsOf } from '@signalbox/contract/call-field'
import { escapedName } from '@signalbox/contract/printable'
import { maxLength } from './transcript/field.ts'

const names = [...callFieldsOf('key', 'name', 'id')]

/**
 * A call as the hub takes it. Claude Code wrote its names, so anything may be in them; they are sent as they are shown here, with
 * escapes, because a call that is refused would be missing from the sums.
 */
export function toSendable(call: Call): Call {
  let sendable = call
  for (const name of names) {
    const text = call[name]
    if (text === undefined) continue
    const escaped = escapedName(text)
    if (escaped !== text) sendable = { ...sendable, [name]: escaped.slice(0, maxLength(name)).toWellFormed() }
  }
  return sendable
}

/** The name of a folder as `toSendable` sends it. */
export function toSendableFolder(folder: string): string {
  return escapedName(folder).slice(0, maxLength('cwd')).toWellFormed()
}
