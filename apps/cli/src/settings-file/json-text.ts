import { applyEdits, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser'
import { Failure } from '../failure.ts'

/** Edits of JSON text with comments that leave every other character as it is. */

const BOM = '\ufeff'

/**
 * @param file its name, for error messages
 * @returns the outer object. @throws Failure when the text is not valid
 */
export function parseObject(text: string, file: string): Node {
  const errors: ParseError[] = []
  // A space, so that offsets stay.
  const object = parseTree(text.startsWith(BOM) ? ` ${text.slice(1)}` : text, errors, { allowTrailingComma: false })
  const [error] = errors
  if (error !== undefined || object === undefined) {
    throw new Failure(`${file} is not valid JSON: ${describe(error, text)}.`, 'Nothing was changed. Correct it and try again.')
  }
  if (object.type !== 'object') throw new Failure(`${file} must contain a JSON object.`, 'Nothing was changed. Correct it and try again.')
  return object
}

/** Such as `value expected, in line 3`. */
function describe(error: ParseError | undefined, text: string): string {
  if (error === undefined) return 'it has no value'
  const words = printParseErrorCode(error.error).replace(/(?<=.)[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return `${words.toLowerCase()}, in line ${text.slice(0, error.offset).split('\n').length}`
}

/** The members of an object, or the elements of a list. */
export function itemsOf({ children = [] }: Node): readonly Node[] {
  return children
}

/** @throws Failure when the object has it twice */
export function findMember(object: Node, key: string, file: string): Node | undefined {
  const named = itemsOf(object).filter((member) => keyName(member) === key)
  if (named.length > 1) throw new Failure(`${file} has ${key} twice.`, 'Nothing was changed. Remove one and try again.')
  return named[0]
}

/** The value of a member; the parser has made sure that it has one. */
export function valueNode({ children = [] }: Node): Node {
  return children[1] as Node
}

export function keyName({ children = [] }: Node): unknown {
  return children[0]?.value
}

export function endOf({ offset, length }: Node): number {
  return offset + length
}

export function replaceNode(text: string, { offset, length }: Pick<Node, 'offset' | 'length'>, content: string): string {
  return applyEdits(text, [{ offset, length, content }])
}

/**
 * Adds a member to an object, or an element to a list, formatted like its neighbours.
 * @param key undefined for an element of a list
 */
export function withItem(text: string, container: Node, key: string | undefined, value: unknown): string {
  const eol = text.includes('\r\n') ? '\r\n' : '\n'
  const prefix = key === undefined ? '' : `${JSON.stringify(key)}: `
  const last = itemsOf(container).at(-1)
  if (last !== undefined) {
    const indent = indentOf(text, last)
    const written = indent === undefined ? JSON.stringify(value) : formatValue(value, indent, unitOf(text), eol)
    return replaceNode(text, { offset: endOf(last), length: 0 }, `,${indent === undefined ? ' ' : eol + indent}${prefix}${written}`)
  }
  const start = container.offset + 1
  // Comments stay.
  const inside = text.slice(start, endOf(container) - 1)
  const isOuter = container.parent === undefined
  const outer = isOuter ? '' : lineIndent(text, container)
  if (!isOuter && !/[\r\n]/.test(text)) return replaceNode(text, { offset: start, length: inside.length }, prefix + JSON.stringify(value))
  const unit = isOuter ? '  ' : unitOf(text)
  const body = `${eol}${outer}${unit}${prefix}${formatValue(value, outer + unit, unit, eol)}${eol}${outer}`
  return replaceNode(text, { offset: start, length: inside.length }, inside.trimEnd() + body)
}

function formatValue(value: unknown, indent: string, unit: string, eol: string): string {
  return JSON.stringify(value, null, unit).replaceAll('\n', `${eol}${indent}`)
}

/** The spaces before an item that is the first on its line. */
function indentOf(text: string, { offset }: Node): string | undefined {
  return /[\r\n]([ \t]*)$/.exec(text.slice(0, offset))?.[1]
}

/** The spaces at the beginning of the line in which a node begins. */
function lineIndent(text: string, { offset }: Node): string {
  return /(?:^|[\r\n])([ \t]*)[^\r\n]*$/.exec(text.slice(0, offset))?.[1] ?? ''
}

/** One step of indentation: that of the first member of the outer object. */
function unitOf(text: string): string {
  return /^[^{]*\{[^"]*[\r\n]([ \t]+)"/.exec(text)?.[1] ?? '  '
}

/** The text without one of the items; everything else stays, also comments beside it. */
export function withoutItem(text: string, container: Node, index: number): string {
  const items = itemsOf(container)
  const item = items[index] as Node
  const [before, after] = [items[index - 1], items[index + 1]]
  const remove = (from: number, to: number) => ({ offset: from, length: to - from, content: '' })
  // From the item before to this one, or from this one to the item after it.
  const [from, to] = before ? [endOf(before), item.offset] : [endOf(item), after?.offset ?? endOf(container) - 1]
  const comma = before === undefined && after === undefined ? undefined : from + (trivia.exec(text.slice(from))?.[0].length ?? 0)
  const hasComment = /[^\s,]/.test(text.slice(from, to))
  if (hasComment) {
    const edits = comma === undefined ? [] : [remove(comma, comma + 1)]
    return applyEdits(text, [remove(item.offset, endOf(item)), ...edits])
  }
  if (before !== undefined) return applyEdits(text, [remove(endOf(before), endOf(item))])
  if (after !== undefined) return applyEdits(text, [remove(item.offset, after.offset)])
  const start = container.offset + 1
  const leading = text.slice(start, item.offset)
  return applyEdits(text, [remove(leading.trim() === '' ? start : item.offset, to)])
}

/** Spaces and comments. */
const trivia = /^(?:\s|\/\/[^\r\n]*|\/\*[\s\S]*?\*\/)*/
