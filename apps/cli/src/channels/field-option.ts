import fs from 'node:fs'
import { type ChannelField, channelFields, channelFieldValue } from '@signalbox/contract/channel-field'
import type { ChannelKindName } from '@signalbox/contract/channel-kind'
import { type Command, InvalidArgumentError } from 'commander'
import { Failure, usageError } from '../failure.ts'
import type { Io } from '../io.ts'

/** What was typed for the fields of a kind of channel, by the name of the field in camel case. */
export type FieldOptions = Readonly<Record<string, unknown>>

export const flagOf = ({ name }: ChannelField) => `--${name.replaceAll('_', '-')}`
const keyOf = ({ name }: ChannelField) => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())

/** Adds an option for each field of a kind of channel. */
export function fieldOptions(command: Command, kind: ChannelKindName): Command {
  for (const field of channelFields[kind]) {
    const about = [
      `${field.label}: ${field.help.replace(/\.$/, '')}`,
      ...(field.without === undefined ? [] : [`default: ${field.without}`]),
      ...(field.choices === undefined ? [] : [field.choices.join(', ')]),
    ].join('; ')
    const value = field.type === 'yes_no' ? '' : ` <${field.type === 'choice' ? 'name' : field.type}>`
    const flags = `${flagOf(field)}${value}`
    const description = field.required ? `${about} (required)` : about
    if (field.type === 'yes_no') command.option(flags, description)
    else command.option(flags, description, (text: string, before?: string) => check(field, text, before))
  }
  return command
}

/** Adds the options of every kind: which of them a channel has is known only when it was found. */
export function anyFieldOptions(command: Command): Command {
  const options = new Map<string, { readonly field: ChannelField; readonly kinds: string[] }>()
  for (const [kind, fields] of Object.entries(channelFields)) {
    for (const field of fields) {
      const known = options.get(flagOf(field))
      if (known === undefined) options.set(flagOf(field), { field, kinds: [kind] })
      else known.kinds.push(kind)
    }
  }
  for (const [flag, { field, kinds }] of options) {
    const about = `of ${kinds.join(', ')}`
    if (field.type === 'yes_no') command.option(flag, about).option(flag.replace('--', '--no-'), 'without it')
    else command.option(`${flag} <value>`, about, (text: string, before?: string) => (before === undefined ? text : `${before},${text}`))
  }
  return command
}

/**
 * What was typed for the fields of a channel that is there; undefined for a field that is emptied.
 * @throws Failure for an option that its kind does not have, and for a value that is none
 */
export async function readChanges(io: Io, kind: ChannelKindName, options: FieldOptions): Promise<ReadonlyMap<string, unknown>> {
  const own = new Set(channelFields[kind].map(keyOf))
  const all = Object.values(channelFields).flat()
  const foreign = all.find((field) => options[keyOf(field)] !== undefined && !own.has(keyOf(field)))
  if (foreign !== undefined) throw usageError(`a channel of the kind ${kind} has no ${flagOf(foreign)}.`)
  const changes = new Map<string, unknown>()
  for (const field of channelFields[kind]) {
    const typed = options[keyOf(field)]
    if (typed === undefined) continue
    changes.set(field.name, typeof typed === 'boolean' ? typed : readChange(field, await readText(io, String(typed))))
  }
  return changes
}

function readChange(field: ChannelField, text: string): unknown {
  const { choices, required, secret } = field
  const value = channelFieldValue(field, text)
  if (value === undefined && (required || secret)) throw usageError(`${flagOf(field)} must not be empty.`)
  if (value !== undefined && choices?.includes(text.trim()) === false)
    throw usageError(`${flagOf(field)} must be one of ${choices.join(', ')}.`)
  if (Number.isNaN(value)) throw usageError(`${flagOf(field)} must be a number of seconds.`)
  return value
}

/** A list may be given several times. */
function check({ type, choices }: ChannelField, text: string, before: string | undefined): string {
  if (choices !== undefined && !choices.includes(text)) throw new InvalidArgumentError(`It must be one of ${choices.join(', ')}.`)
  if (type === 'seconds' && !/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a number of seconds.')
  return type === 'list' && before !== undefined ? `${before},${text}` : text
}

/**
 * The configuration that was typed. A value `@FILE` is read from the file, and `-` from stdin, so that a secret is in no list of
 * processes.
 * @throws Failure when a value that is needed is missing
 */
export async function readFields(io: Io, kind: ChannelKindName, options: FieldOptions): Promise<Record<string, unknown>> {
  const missing = channelFields[kind].filter((field) => field.required && options[keyOf(field)] === undefined)
  if (missing.length > 0) {
    throw new Failure(
      `a channel of the kind ${kind} needs ${missing.map(flagOf).join(' and ')}.`,
      `\`signalbox channels add ${kind} --help\` explains ${missing.length === 1 ? 'it' : 'them'}.`,
      2,
    )
  }
  const config: Record<string, unknown> = {}
  for (const field of channelFields[kind]) {
    const typed = options[keyOf(field)]
    if (typed === undefined) continue
    const value = typed === true ? true : channelFieldValue(field, await readText(io, String(typed)))
    if (value !== undefined) config[field.name] = value
  }
  return config
}

async function readText(io: Io, typed: string): Promise<string> {
  if (typed === '-') {
    let text = ''
    for await (const chunk of io.stdin) text += chunk.toString()
    return text.trim()
  }
  return typed.startsWith('@') && typed.length > 1 && !typed.includes(',') && isFile(typed.slice(1))
    ? fs.readFileSync(typed.slice(1), 'utf8').trim()
    : typed
}

/** `@name` is also how Telegram names a public channel. */
function isFile(name: string): boolean {
  return fs.statSync(name, { throwIfNoEntry: false })?.isFile() === true
}
