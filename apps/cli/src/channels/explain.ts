import { ApiClientError } from '@signalbox/client'
import { channelFieldProblems } from '@signalbox/contract/channel-field'
import type { ChannelKindName } from '@signalbox/contract/channel-kind'
import { printable } from '@signalbox/contract/printable'
import { Failure } from '../failure.ts'
import { flagOf } from './field-option.ts'

/** Names the fields that the hub refuses as the options by which they were typed. */
export function explain(kind: ChannelKindName): (error: unknown) => never {
  return (error) => {
    const problems = error instanceof ApiClientError ? channelFieldProblems(kind, error.details) : []
    if (problems.length === 0) throw error
    const words = problems.map(
      ({ field, message }) => `${field.label} (${flagOf(field)})${/^(must|needs) /.test(message) ? '' : ':'} ${message}`,
    )
    throw new Failure(printable(`${words.join('; ')}.`), `\`signalbox channels add ${kind} --help\` explains the options.`, 2)
  }
}
