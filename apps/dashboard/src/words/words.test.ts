import { readdirSync, readFileSync } from 'node:fs'
import { parseSync } from 'vite'
import { expect, test } from 'vitest'

// That German lacks a message, or has one too many, is an error of the types. These are about what types do not see.

const folder = new URL('./', import.meta.url)
const rooms = readdirSync(new URL('en/', folder)).map((file) => ({ file, room: file.replace(/\.tsx?$/, '') }))
const source = new URL('../', import.meta.url)

interface Node {
  readonly type: string
  readonly [field: string]: unknown
}

interface Message {
  readonly key: string
  /** Without its placeholders, where it has some. */
  readonly text: string
  readonly placeholders: readonly string[]
  /** Those that are more than the count of a plural. */
  readonly shown: ReadonlySet<string>
  readonly used: ReadonlySet<string>
  readonly plurals: readonly number[]
}

/** The messages of a file; those of a group are `group.key`. */
function readMessages(file: string): Message[] {
  const { program } = parseSync(file, readFileSync(new URL(file, folder), 'utf8'))
  const table = (program.body as unknown as Node[])
    .map((node) => node.declaration as Node | undefined)
    .find((node) => node?.type === 'VariableDeclaration')
  const [declared] = (table?.declarations ?? []) as { readonly init: Node }[]
  const ofGroup = (group: Node, prefix: string): Message[] =>
    (group.properties as { readonly key: { readonly name?: string; readonly value?: string }; readonly value: Node }[]).flatMap(
      ({ key, value }) => {
        const name = `${prefix}${key.name ?? key.value}`
        return value.type === 'ObjectExpression' ? ofGroup(value, `${name}.`) : [readMessage(name, value)]
      },
    )
  return ofGroup(declared?.init as Node, '')
}

function readMessage(key: string, value: Node): Message {
  const placeholders = ((value.params ?? []) as { readonly name: string }[]).map(({ name }) => name)
  const [shown, used, plurals, texts] = [new Set<string>(), new Set<string>(), [] as number[], [] as string[]]
  const visit = (node: unknown, isCount = false): void => {
    if (Array.isArray(node)) for (const one of node) visit(one)
    else if (typeof node === 'object' && node !== null && 'type' in node) {
      const one = node as Node
      if (one.type === 'Identifier' && placeholders.includes(String(one.name))) {
        used.add(String(one.name))
        if (!isCount) shown.add(String(one.name))
      } else if (one.type === 'Literal' && typeof one.value === 'string') texts.push(one.value)
      else if (one.type === 'JSXText') texts.push(String(one.value))
      else if (one.type === 'TemplateElement') texts.push((one.value as { readonly cooked: string }).cooked)
      else if (one.type === 'CallExpression') {
        const [count, ...forms] = one.arguments as Node[]
        const called = (one.callee as { readonly name?: string }).name ?? ''
        if (called === 'plural' || called === 'countOf') plurals.push(forms.length)
        visit(one.callee)
        visit(count, called === 'plural')
        visit(forms)
      } else for (const [field, child] of Object.entries(one)) if (field !== 'params' && field !== 'callee') visit(child)
    }
  }
  visit(value.type === 'ArrowFunctionExpression' ? value.body : value)
  return { key, text: texts.join(' ').replace(/\s+/g, ' ').trim(), placeholders, shown, used, plurals }
}

/** Whether two messages show the same things: a count that only decides about a plural may be left out where the word has none. */
function lost(english: Message, german: Message): string[] {
  return english.placeholders.flatMap((name, at) => {
    const same = german.placeholders[at]
    const isShown = same !== undefined && german.used.has(same)
    return english.shown.has(name) && !isShown ? [`${english.key} shows ${name} in English only`] : []
  })
}

test.each(rooms)('German shows what English shows: $room', ({ file }) => {
  const german = new Map(readMessages(`de/${file}`).map((message) => [message.key, message]))
  expect(readMessages(`en/${file}`).flatMap((message) => lost(message, german.get(message.key) ?? message))).toEqual([])
})

test('a placeholder that is lost is found', () => {
  const message = (code: string) => {
    const [statement] = parseSync('x.tsx', `x = ${code}`).program.body as unknown as { readonly expression: { readonly right: Node } }[]
    return readMessage('key', statement?.expression.right as Node)
  }
  const english = message('(name, count) => name + count + plural(count, "call")')
  expect(lost(english, message('(name, count) => name + countOf(count, "Aufruf", "Aufrufe")'))).toEqual([])
  expect(lost(english, message('(name) => name + " Aufrufe"'))).toEqual(['key shows count in English only'])
  expect(lost(message('(cost, count) => <>{cost} {plural(count, "token")}</>'), message('(cost) => <>{cost} Token</>'))).toEqual([])
})

test('a German plural names both of its forms, because few end with s', () => {
  const short = rooms.flatMap(({ file, room }) =>
    readMessages(`de/${file}`).flatMap(({ key, plurals }) => (plurals.some((forms) => forms !== 2) ? [`${room}.${key}`] : [])),
  )
  expect(short).toEqual([])
})

/** Words that are the same in both languages: names, and loans that people use. */
const same = new Set([
  'Signalbox',
  'Claude Code',
  'Esc',
  'Enter',
  'USD',
  'CSV',
  'JSON',
  'csv json',
  'Europe/Berlin',
  'process ended, stalled for *',
  'Name',
  'Live',
  'Offline',
  'System',
  'Hub',
  'Agent',
  'Prompt',
  'Version',
  'Collector',
  'Slot',
  'Branch',
  'Info',
  'Kanban',
  'Filter',
  'Person',
  'Status',
  'Limits',
  'Budgets',
  'Budget',
  'Subagent',
  'Person',
  '1 h',
  '30 min',
  '0 s',
  '1 min',
  'Branches',
  'Reset',
  'Snapshot',
  '· Signalbox',
  ':',
  ',',
  '≥',
  '· ms',
  'in s',
  ', Claude Code',
  'Slot , : ,',
  'online',
  'offline',
  'in',
  'ms',
  'Browser',
])

test('no message stayed English', () => {
  const english = new Map(rooms.flatMap(({ file, room }) => readMessages(`en/${file}`).map(({ key, text }) => [`${room}.${key}`, text])))
  const stayed = rooms.flatMap(({ file, room }) =>
    readMessages(`de/${file}`).flatMap(({ key, text }) =>
      english.get(`${room}.${key}`) === text && /\p{L}/u.test(text) && !same.has(text) ? [`${room}.${key}: ${text}`] : [],
    ),
  )
  expect(stayed).toEqual([])
})

test('every message is used', () => {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !/words[\\/](en|de)[\\/]|\.test\.tsx?$/.test(file))
    .map((file) => readFileSync(new URL(file.replaceAll('\\', '/'), source), 'utf8'))
  const unused = rooms.flatMap(({ file, room }) => {
    const users = files.filter((code) => code.includes(`/words/${room}.ts'`)).join('\n')
    const keys = new Set(readMessages(`en/${file}`).map(({ key }) => key.split('.')[0]))
    return [...keys].filter((key) => !new RegExp(`(?<![\\w.$])t\\.${key}\\b`).test(users)).map((key) => `${room}.${key}`)
  })
  expect(unused).toEqual([])
})
