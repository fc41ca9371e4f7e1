import type { Call } from '@signalbox/contract/call'

/** What the hub takes in no name: control characters, separators of lines, characters that change the text direction. */
const notInNames = /[\p{Cc}\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/gu

/** The names of a call, and how long each may be at the hub. */
const names = {
  model: 200,
  session_id: 200,
  cwd: 4096,
  git_branch: 1000,
  version: 200,
  agent_id: 200,
  speed: 50,
  service_tier: 50,
  inference_geo: 50,
} as const satisfies Partial<Record<keyof Call, number>>

/**
 * A call as the hub takes it. Claude Code wrote its names, so anything may be in them; they are sent as they are shown here, with
 * escapes, because a call that is refused would be missing from the sums.
 */
export function toSendable(call: Call): Call {
  let sendable = call
  for (const [name, maxLength] of Object.entries(names) as [keyof typeof names, number][]) {
    const text = call[name]
    if (text === undefined || text.search(notInNames) === -1) continue
    const escaped = text.replace(notInNames, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
    sendable = { ...sendable, [name]: escaped.slice(0, maxLength).toWellFormed() }
  }
  return sendable
}
