import { Failure } from '../failure.ts'
import { type Member, type ObjectSpan, objectAt } from './json-span.ts'

/** What a settings file of Claude Code says of its status line. */
export interface StatusLineSetting {
  /** Undefined: none is set. */
  readonly command: string | undefined
  /** The command as it is written there, with its quotes. */
  readonly written: string | undefined
}

const KEY = 'statusLine'
const BOM = '\ufeff'

/**
 * @param file its name, for what is said of it
 * @throws Failure where the file is not as we know it; nothing is changed then
 */
export function readSetting(text: string, file: string): StatusLineSetting {
  const { member, value } = found(text, file)
  if (member === undefined || value === null) return { command: undefined, written: undefined }
  const command = commandMember(text, member)
  const { type, command: said } = (typeof value === 'object' ? value : {}) as { type?: unknown; command?: unknown }
  if (command === undefined || typeof said !== 'string' || (type !== undefined && type !== 'command')) {
    throw new Failure(
      `the statusLine in ${file} is none that runs a command.`,
      'Take it out, or make it {"type": "command", "command": "…"}, and try again.',
    )
  }
  return { command: said, written: text.slice(command.valueStart, command.valueEnd) }
}

/** The text with another command, given as it is to be written; every other character stays. */
export function withCommand(text: string, file: string, written: string): string {
  const { member } = found(text, file)
  const command = member && commandMember(text, member)
  if (command === undefined) throw new Error('there is no command to replace')
  return text.slice(0, command.valueStart) + written + text.slice(command.valueEnd)
}

/** The text with a status line it did not have, written as its neighbours are. */
export function withStatusLine(text: string, file: string, command: string): string {
  const { object, member } = found(text, file)
  const setting = { type: 'command', command }
  // It is null there.
  if (member !== undefined) return text.slice(0, member.valueStart) + JSON.stringify(setting) + text.slice(member.valueEnd)
  const line = text.includes('\r\n') ? '\r\n' : '\n'
  const last = object.members.at(-1)
  if (last === undefined) {
    const body = JSON.stringify({ [KEY]: setting }, null, 2)
      .slice(1, -1)
      .replaceAll('\n', line)
    return text.slice(0, object.open + 1) + body + text.slice(object.close)
  }
  const [, indent] = /[\r\n]([ \t]*)$/.exec(text.slice(0, last.keyStart)) ?? []
  const value = indent === undefined ? JSON.stringify(setting) : JSON.stringify(setting, null, indent).replaceAll('\n', `${line}${indent}`)
  const added = `,${indent === undefined ? ' ' : line + indent}${JSON.stringify(KEY)}: ${value}`
  return text.slice(0, last.valueEnd) + added + text.slice(last.valueEnd)
}

/** The text without its status line; what stands around it stays. */
export function withoutStatusLine(text: string, file: string): string {
  const { object, member } = found(text, file)
  if (member === undefined) return text
  const index = object.members.indexOf(member)
  const [before, after] = [object.members[index - 1], object.members[index + 1]]
  if (before !== undefined) return text.slice(0, before.valueEnd) + text.slice(member.valueEnd)
  if (after !== undefined) return text.slice(0, member.keyStart) + text.slice(after.keyStart)
  return text.slice(0, object.open + 1) + text.slice(object.close)
}

/** Whether nothing is set any more. */
export function isEmpty(text: string, file: string): boolean {
  return found(text, file).object.members.length === 0
}

function commandMember(text: string, statusLine: Member): Member | undefined {
  return objectAt(text, statusLine.valueStart)?.members.findLast(({ key }) => key === 'command')
}

function found(text: string, file: string): { readonly object: ObjectSpan; readonly member: Member | undefined; readonly value: unknown } {
  const start = text.startsWith(BOM) ? 1 : 0
  let all: unknown
  try {
    all = JSON.parse(text.slice(start))
  } catch (error) {
    throw new Failure(`${file} is not valid JSON: ${(error as Error).message}.`, 'Nothing was changed. Mend it and try again.')
  }
  const object = objectAt(text, start)
  if (object === undefined) throw new Failure(`${file} should hold a JSON object.`, 'Nothing was changed. Mend it and try again.')
  const named = object.members.filter(({ key }) => key === KEY)
  if (named.length > 1) throw new Failure(`${file} has statusLine twice.`, 'Nothing was changed. Take one out and try again.')
  return { object, member: named[0], value: (all as Record<string, unknown>)[KEY] }
}
