import { isDeepStrictEqual } from 'node:util'
import { getNodeValue, type Node } from 'jsonc-parser'
import { Failure } from '../failure.ts'
import { findMember, itemsOf, keyName, parseObject, replaceNode, valueNode, withItem, withoutItem } from '../settings-file/json-text.ts'
import { type EventHooks, type HookGroup, isOwnHook } from './plugin-hooks.ts'

const KEY = 'hooks'

/** Our hooks in a settings file, by event. @throws Failure when the text or its hooks are not valid */
export function readOwnHooks(text: string, file: string): EventHooks {
  const hooks = hooksOf(text, file)
  if (hooks === undefined) return {}
  const own: Record<string, HookGroup[]> = {}
  for (const event of itemsOf(hooks)) {
    for (const group of itemsOf(valueNode(event))) {
      const value = getNodeValue(group) as HookGroup
      const inGroup = isGroup(value) ? value.hooks.filter(isOwnHook) : []
      if (inGroup.length > 0) own[String(keyName(event))] = [...(own[String(keyName(event))] ?? []), { ...value, hooks: inGroup }]
    }
  }
  return own
}

/** Whether the settings have these hooks, and no others of ours. The parser's objects have no prototype, those of `wanted` have. */
export function hasHooks(text: string, file: string, wanted: EventHooks): boolean {
  return isDeepStrictEqual(JSON.parse(JSON.stringify(readOwnHooks(text, file))), wanted)
}

/** The text with these hooks behind those that it has; every other character stays. */
export function withHooks(text: string, file: string, added: EventHooks): string {
  let result = text
  const object = parseObject(text, file)
  const member = findMember(object, KEY, file)
  if (member === undefined) return withItem(text, object, KEY, added)
  if (valueNode(member).type === 'null') return replaceNode(text, valueNode(member), JSON.stringify(added))
  for (const [event, groups] of Object.entries(added)) {
    const place = (): { readonly hooks: Node; readonly list: Node | undefined } => {
      const hooks = hooksOf(result, file) as Node
      const found = findMember(hooks, event, file)
      return { hooks, list: found && valueNode(found) }
    }
    const { hooks, list } = place()
    if (list === undefined) result = withItem(result, hooks, event, groups)
    else for (const group of groups) result = withItem(result, place().list as Node, undefined, group)
  }
  return result
}

/**
 * The text without our hooks. Lists and objects that are empty then go too, unless they were there before.
 * @param before the text before the hooks were added, where it is known
 */
export function withoutHooks(text: string, file: string, before: string | undefined): string {
  const kept = before === undefined ? undefined : namesOf(before, file)
  let result = text
  for (let own = findOwn(result, file); own !== undefined; own = findOwn(result, file)) {
    const { event, list, group, hooks, index } = own
    result = hooks.length > 1 ? withoutItem(result, hooks.node, index) : withoutItem(result, list, itemsOf(list).indexOf(group))
    const events = hooksOf(result, file) as Node
    const name = String(keyName(event))
    const emptied = itemsOf(events).findIndex((one) => keyName(one) === name && itemsOf(valueNode(one)).length === 0)
    if (emptied !== -1 && !kept?.events.has(name)) result = withoutItem(result, events, emptied)
  }
  const object = parseObject(result, file)
  const member = findMember(object, KEY, file)
  const isEmptied = result !== text && member !== undefined && itemsOf(valueNode(member)).length === 0
  return isEmptied && !kept?.hasHooks ? withoutItem(result, object, itemsOf(object).indexOf(member)) : result
}

/** The first of our hooks. */
function findOwn(text: string, file: string) {
  const hooks = hooksOf(text, file)
  for (const event of hooks === undefined ? [] : itemsOf(hooks)) {
    const list = valueNode(event)
    for (const group of itemsOf(list)) {
      const node = group.type === 'object' ? findMember(group, KEY, file) : undefined
      const inGroup = node === undefined ? [] : itemsOf(valueNode(node))
      const index = inGroup.findIndex((hook) => isOwnHook(getNodeValue(hook)))
      if (node !== undefined && index !== -1) return { event, list, group, hooks: { node: valueNode(node), length: inGroup.length }, index }
    }
  }
  return undefined
}

function namesOf(text: string, file: string): { readonly hasHooks: boolean; readonly events: ReadonlySet<string> } {
  const hooks = hooksOf(text, file)
  return {
    hasHooks: hooks !== undefined,
    events: new Set(hooks === undefined ? [] : itemsOf(hooks).map((event) => String(keyName(event)))),
  }
}

/** The object of hooks. @throws Failure when it, or the hooks of an event, have another form */
function hooksOf(text: string, file: string): Node | undefined {
  const member = findMember(parseObject(text, file), KEY, file)
  if (member === undefined || valueNode(member).type === 'null') return undefined
  const hooks = valueNode(member)
  const wrong = hooks.type !== 'object' || itemsOf(hooks).some((event) => valueNode(event).type !== 'array')
  if (wrong) {
    throw new Failure(
      `the hooks in ${file} do not have the form {"Event": [{"hooks": […]}]}.`,
      'Nothing was changed. Correct them and try again.',
    )
  }
  return hooks
}

function isGroup(value: unknown): value is HookGroup {
  return typeof value === 'object' && value !== null && Array.isArray((value as { hooks?: unknown }).hooks)
}
