import type { Metadata } from '@signalbox/contract/metadata'
import { InvalidArgumentError } from 'commander'
import { type Detail, renderDetails } from '../details.ts'
import { misuse } from '../failure.ts'
import { askHub, type HubOptions } from '../hub/connect.ts'
import { printJson } from '../hub/told.ts'
import { printable } from '../printable.ts'
import { shortId } from '../short-id.ts'
import { terminalOf } from '../terminal.ts'
import { findSession } from './find.ts'

/**
 * Adds `key=text` or `key:=JSON` to what was given before. A text is never taken for a number: `version=1.0` stays as it is.
 * A key of which a later one says something else has that.
 */
export function metadataPair(text: string, before: Metadata = {}): Metadata {
  const [, key, kind, value = ''] = /^([^=]*?)(:?=)(.*)$/s.exec(text) ?? []
  if (key === undefined || key === '') throw new InvalidArgumentError('It must be KEY=TEXT, or KEY:=JSON.')
  return Object.fromEntries([...Object.entries(before).filter(([name]) => name !== key), [key, kind === '=' ? value : jsonOf(value)]])
}

function jsonOf(text: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new InvalidArgumentError('What follows := must be JSON, such as 3, true or ["a", "b"]; a text follows =.')
  }
  if (value === null) throw new InvalidArgumentError('The hub takes null for a key that is to go: that is --remove KEY.')
  return value
}

export interface MetadataOptions extends HubOptions {
  readonly remove?: readonly string[]
}

/** Shows what is kept beside a session, changed first where there is something to change. */
export async function metadata(begins: string, set: Metadata | undefined, { remove = [], ...options }: MetadataOptions): Promise<void> {
  const both = remove.find((key) => set !== undefined && Object.hasOwn(set, key))
  if (both !== undefined) throw misuse(`"${printable(both)}" cannot be set and removed at once.`)
  const change = Object.fromEntries([...Object.entries(set ?? {}), ...remove.map((key) => [key, null])])
  await askHub(options, async (hub) => {
    const id = await findSession(hub, begins)
    const { client } = hub
    const session = Object.keys(change).length === 0 ? await client.getSession(id) : await client.updateSession(id, { metadata: change })
    if (options.json) return printJson(session)
    const kept = Object.entries(session.metadata).map(([name, value]): Detail => [printable(name), printable(textOf(value))])
    if (kept.length === 0) process.stdout.write(`Nothing is kept beside ${shortId(id)}.\n`)
    else process.stdout.write(renderDetails(kept, terminalOf(process.stdout, process.env)))
  })
}

/** An empty text would be left out. */
function textOf(value: unknown): string {
  return typeof value === 'string' && value !== '' ? value : JSON.stringify(value)
}
