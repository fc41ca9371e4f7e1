import { getNodeValue, type Node } from 'jsonc-parser'
import { Failure } from '../failure.ts'
import {
  endOf,
  findMember,
  itemsOf,
  keyName,
  parseObject,
  replaceNode,
  valueNode,
  withItem,
  withoutItem,
} from '../settings-file/json-text.ts'

/** The status line in a settings file of Claude Code. */
export interface StatusLineSetting {
  /** Undefined: no status line is set. */
  readonly command: string | undefined
  /** The JSON text of the command, with its quotes. */
  readonly written: string | undefined
}

const KEY = 'statusLine'

/**
 * @param file its name, for error messages
 * @throws Failure when the text is not valid, or its status line runs no command
 */
export function readSetting(text: string, file: string): StatusLineSetting {
  const { statusLine } = parse(text, file)
  const value: unknown = statusLine === undefined ? null : getNodeValue(valueNode(statusLine))
  if (statusLine === undefined || value === null) return { command: undefined, written: undefined }
  const command = commandOf(statusLine)
  const { type, command: configured } = (typeof value === 'object' ? value : {}) as { type?: unknown; command?: unknown }
  if (command === undefined || typeof configured !== 'string' || (type !== undefined && type !== 'command')) {
    throw new Failure(
      `the statusLine in ${file} does not run a command.`,
      'Remove it, or change it to {"type": "command", "command": "…"}, and try again.',
    )
  }
  return { command: configured, written: text.slice(command.offset, endOf(command)) }
}

/** The text with another command, given as JSON text; every other character stays. */
export function withCommand(text: string, file: string, written: string): string {
  const { statusLine } = parse(text, file)
  const command = statusLine && commandOf(statusLine)
  if (command === undefined) throw new Error('there is no command to replace')
  return replaceNode(text, command, written)
}

/** The text with an added status line, formatted like the other members. */
export function withStatusLine(text: string, file: string, command: string): string {
  const { object, statusLine } = parse(text, file)
  const setting = { type: 'command', command }
  // The status line is null.
  if (statusLine !== undefined) return replaceNode(text, valueNode(statusLine), JSON.stringify(setting))
  return withItem(text, object, KEY, setting)
}

/** The text without its status line; everything else stays, also comments beside it. */
export function withoutStatusLine(text: string, file: string): string {
  const { object, statusLine } = parse(text, file)
  return statusLine === undefined ? text : withoutItem(text, object, itemsOf(object).indexOf(statusLine))
}

/** Whether the object has no members. */
export function isEmpty(text: string, file: string): boolean {
  return itemsOf(parseObject(text, file)).length === 0
}

function commandOf(statusLine: Node): Node | undefined {
  const member = valueNode(statusLine).children?.findLast((one) => one.type === 'property' && keyName(one) === 'command')
  return member && valueNode(member)
}

function parse(text: string, file: string): { readonly object: Node; readonly statusLine: Node | undefined } {
  const object = parseObject(text, file)
  return { object, statusLine: findMember(object, KEY, file) }
}
