import { ApiClientError } from '@signalbox/client'
import { Failure } from '../failure.ts'
import { printable } from '../printable.ts'
import { inCommands } from './in-commands.ts'

export interface Asked {
  readonly url: string
  /** SIGNALBOX_URL says where the hub is. */
  readonly named: boolean
  readonly withKey: boolean
  /** Tell the request id as well: the log of the hub has more under it. */
  readonly detailed: boolean
}

/** What went wrong with the hub, in a line, with what to do next. Anything else stays what it is. */
export function failureOf(error: unknown, asked: Asked): unknown {
  if (!(error instanceof ApiClientError)) return error
  const { status, requestId, suggestion } = error
  const id = asked.detailed && status !== undefined && requestId !== undefined ? ` (request ${printable(requestId)})` : ''
  const message = `${printable(error.message).replace(/\.$/, '')}${id}.`
  return new Failure(message, nextStep(error, asked) ?? (suggestion === undefined ? undefined : printable(inCommands(suggestion))))
}

const KEYS = 'on the machine of the hub, and set SIGNALBOX_API_KEY to it.'

function nextStep({ code, details }: ApiClientError, { named, withKey }: Asked): string | undefined {
  switch (code) {
    case 'connection_error':
      return named ? 'Start the hub, or correct SIGNALBOX_URL.' : 'Start it: signalbox up. Or set SIGNALBOX_URL to where it is.'
    case 'timeout':
      return 'Try again; if it stays so, look into the log of the hub.'
    case 'unauthorized':
      return withKey
        ? `This key is not accepted. Make one with \`signalbox keys create NAME\` ${KEYS}`
        : `Make one with \`signalbox keys create NAME\` ${KEYS}`
    case 'forbidden': {
      const scopes = { read: 'read', write: 'read,write', admin: 'read,write,admin' }[String(details?.needed)]
      return scopes === undefined ? undefined : `Make one with \`signalbox keys create NAME --scopes ${scopes}\` ${KEYS}`
    }
    default:
      return undefined
  }
}
