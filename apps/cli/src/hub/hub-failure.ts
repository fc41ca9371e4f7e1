import { ApiClientError } from '@signalbox/client'
import { printable } from '@signalbox/contract/printable'
import type { FoundHub } from '@signalbox/hub-address/find-hub'
import { Failure } from '../failure.ts'
import { requestsToCommands } from './requests-to-commands.ts'

export interface RequestContext {
  readonly hub: FoundHub
  /** Add the request id, which the hub's log has too. */
  readonly detailed: boolean
  /** The session of the request, for the commands in the suggestion. */
  readonly sessionId?: string | undefined
}

/** An error of the client as a Failure with a suggestion; any other error unchanged. */
export function toHubFailure(error: unknown, context: RequestContext): unknown {
  if (!(error instanceof ApiClientError)) return error
  const { status, requestId, suggestion } = error
  const id = context.detailed && status !== undefined && requestId !== undefined ? ` (request ${printable(requestId)})` : ''
  // The commands call the field --slot, and the rest of the sentence says which one is meant.
  const text = printable(error.message).replace(/^docker_slot: /, '')
  const message = `${text.replace(/\.$/, '')}${originOf(error, context.hub)}${id}.`
  return new Failure(
    message,
    suggestionFor(error, context) ?? (suggestion === undefined ? undefined : printable(requestsToCommands(suggestion, context.sessionId))),
  )
}

/** The hub, and where its address or the key comes from, where the error is about one of them. */
function originOf({ code }: ApiClientError, { url, from, keyFrom }: FoundHub): string {
  if (code === 'connection_error' || code === 'timeout') return ` (${from})`
  if (code !== 'unauthorized' && code !== 'forbidden') return ''
  return ` (hub ${url}, ${from}; ${keyFrom === undefined ? 'no key is set' : `key from ${keyFrom}`})`
}

const KEY_HINT = "on the hub's machine, and set SIGNALBOX_API_KEY to it."

const startHints: Record<FoundHub['source'], string> = {
  environment: 'Start the hub, or correct SIGNALBOX_URL.',
  'credentials-file': 'Start that hub, or set SIGNALBOX_URL for another one; `signalbox connect --undo` removes the file.',
  'running-hub': 'It may be busy: see its log, or restart it.',
  default: "Start it: signalbox up. Or set SIGNALBOX_URL to the hub's address.",
}

function suggestionFor({ code, details }: ApiClientError, { hub: { source, key } }: RequestContext): string | undefined {
  switch (code) {
    case 'connection_error':
      return startHints[source]
    case 'timeout':
      return "Try again; if it persists, see the hub's log."
    case 'unauthorized':
      if (source === 'credentials-file') {
        return 'This key is not accepted any more. Ask for a new code (signalbox machines invite), and run `signalbox connect URL CODE` again.'
      }
      return key !== undefined
        ? `This key is not accepted. Create one with \`signalbox keys create NAME\` ${KEY_HINT}`
        : `Create one with \`signalbox keys create NAME\` ${KEY_HINT}`
    case 'forbidden': {
      const scopes = { read: 'read', write: 'read,write', admin: 'read,write,admin' }[String(details?.needed)]
      return scopes === undefined ? undefined : `Create one with \`signalbox keys create NAME --scopes ${scopes}\` ${KEY_HINT}`
    }
    default:
      return undefined
  }
}
