import type { Metadata } from '@signalbox/contract/metadata'
import { printable } from '@signalbox/contract/printable'
import { InvalidArgumentError } from 'commander'
import { type Detail, renderDetails } from '../details.ts'
import { usageError } from '../failure.ts'
import { type AttemptOptions, attemptField } from '../hub/option.ts'
import { printJson } from '../hub/print-result.ts'
import { type HubOptions, withHub } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'
import { shortId } from '../short-id.ts'
import { createTerminal } from '../terminal.ts'
import { findSession } from './find.ts'

/**
 * Adds `key=text` or `key:=JSON` to the earlier pairs; a later pair replaces an earlier one with the same key.
 * A text is never parsed as a number: `version=1.0` stays text.
 */
export function parseMetadataPair(text: string, before: Metadata = {}): Metadata {
  const [, key, kind, value = ''] = /^([^=]*?)(:?=)(.*)$/s.exec(text) ?? []
  if (key === undefined || key === '') throw new InvalidArgumentError('It must be KEY=TEXT, or KEY:=JSON.')
  return Object.fromEntries([...Object.entries(before).filter(([name]) => name !== key), [key, kind === '=' ? value : parseJson(value)]])
}

function parseJson(text: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new InvalidArgumentError('The value after := must be JSON, such as 3, true or ["a", "b"]; use = for text.')
  }
  if (value === null) throw new InvalidArgumentError('A null value would remove the key; use --remove KEY.')
  return value
}

export interface MetadataOptions extends HubOptions, AttemptOptions {
  readonly remove?: readonly string[]
}

/** Shows the metadata of a session, after changing it where there are changes. */
export async function metadata(
  io: Io,
  idPrefix: string,
  set: Metadata | undefined,
  { remove = [], attempt, ...options }: MetadataOptions,
): Promise<void> {
  const both = remove.find((key) => set !== undefined && Object.hasOwn(set, key))
  if (both !== undefined) throw usageError(`"${printable(both)}" cannot be both set and removed.`)
  const change = Object.fromEntries([...Object.entries(set ?? {}), ...remove.map((key) => [key, null])])
  await withHub(io, options, async (hub) => {
    const id = await findSession(hub, idPrefix)
    const { client } = hub
    const session =
      Object.keys(change).length === 0
        ? await client.getSession(id)
        : await client.updateSession(id, { ...attemptField({ attempt }), metadata: change })
    if (options.json) return printJson(io, session)
    const details = Object.entries(session.metadata).map(([name, value]): Detail => [printable(name), printable(formatValue(value))])
    if (details.length === 0) io.stdout.write(`${shortId(id)} has no metadata.\n`)
    else io.stdout.write(renderDetails(details, createTerminal(io)))
  })
}

/** Empty text is shown as "": an empty detail would be left out. */
function formatValue(value: unknown): string {
  return typeof value === 'string' && value !== '' ? value : JSON.stringify(value)
}
