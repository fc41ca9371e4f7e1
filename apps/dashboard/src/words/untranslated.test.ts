// Text that a person reads belongs in words/en and words/de; this finds what was written beside them.
import { readdirSync, readFileSync } from 'node:fs'
import { parseSync } from 'vite'
import { expect, test } from 'vitest'

const source = new URL('../', import.meta.url)

interface Node {
  readonly type: string
  readonly start: number
  readonly [field: string]: unknown
}

/** Elements whose text is typed, not read. */
const typedElements = /^(code|kbd|pre|Code)$/
/** Attributes that people read or that are read to them, in elements and in components of ours. */
const shownAttributes =
  /^(aria-(label|valuetext|roledescription)|title|label|placeholder|alt|hint|note|heading|legend|help|text|about|action|all|none|what)$/
/** Attributes and fields of objects that hold no text. */
const silent =
  /^(className|class|style|d|viewBox|transform|to|href|key|queryKey|icon|id|type|kind|font|path|pattern|stroke|fill|autoComplete|aria-keyshortcuts|command|name|method|headers|credentials|allow|rel|types)$/
/** Calls that take names of programs, not text. */
const silentCalls =
  /(^|\.)(classNames|includes|startsWith|endsWith|split|join|replace|replaceAll|addEventListener|removeEventListener|querySelector|querySelectorAll|closest|matches|getItem|setItem|get|set|has|append|setAttribute|getPropertyValue|matchMedia|import|localeCompare|register|createElement|fetch|getContext|test|Error|PushError|OpenCircuitError|URL|postMessage|dispatchEvent|Intl\.\w+)$/

const hasWord = (text: string) => /\p{L}/u.test(text)
const isPhrase = (text: string) =>
  /^\d+ (?!min$)\p{L}{3,}$/u.test(text) || /\p{L}{2,} \p{L}|\p{L} \p{L}{2,}/u.test(text) || /^\s*\p{Lu}\p{Ll}/u.test(text)
/** Lines to type, styles of canvas and CSS, and names of protocols. */
const isTyped = (text: string) =>
  /^\s*(npx|npm|curl|claude|signalbox|SIGNALBOX_URL=)\b|var\(--|translateY|px |^(Content-Type|Control|Meta|Bearer|Arrow|Page|Escape|Enter|Home|End|Tab|Backspace)/.test(
    text,
  )

/** What is the same in every language. */
const names = new Set([
  'CSV',
  'JSON',
  'Signalbox',
  'Claude Code',
  'Edge',
  'Opera',
  'Firefox',
  'Chrome',
  'Safari',
  'Android',
  'Windows',
  'ChromeOS',
  'Linux',
  'Mac',
  'iPhone',
  'iPad',
  'Ctrl',
  'Enter',
  'Esc',
])

/** Reasons that the hub keeps, for every reader and program. */
const records = new Set(['the machine is lost', 'marked failed'])

function findText(file: string, code: string): string[] {
  const found: string[] = []
  const lineOf = (at: number) => code.slice(0, at).split('\n').length
  const report = (node: Node, text: string) => {
    if (!names.has(text.trim()) && !records.has(text) && !isTyped(text))
      found.push(`${file}:${lineOf(node.start)}: ${text.trim().slice(0, 60)}`)
  }
  const visit = (node: Node, inside: { readonly shown: boolean }): void => {
    const child = (value: unknown, within = inside) => {
      for (const one of Array.isArray(value) ? value : [value])
        if (typeof one === 'object' && one !== null && 'type' in one) visit(one as Node, within)
    }
    const children = (within = inside) => {
      for (const [field, value] of Object.entries(node)) if (field !== 'parent') child(value, within)
    }
    switch (node.type) {
      case 'ImportDeclaration':
      case 'ExportNamedDeclaration':
        child(node.declaration)
        return
      case 'ImportExpression':
      case 'SwitchCase':
        child(node.consequent)
        return
      case 'ExportAllDeclaration':
      case 'TSTypeAliasDeclaration':
      case 'TSInterfaceDeclaration':
      case 'TSTypeAnnotation':
      case 'TSTypeParameterInstantiation':
        return
      case 'TSAsExpression':
      case 'TSSatisfiesExpression':
        child(node.expression)
        return
      case 'JSXElement': {
        const { name } = node.openingElement as { readonly name: { readonly name?: string } }
        child(node.openingElement)
        if (!typedElements.test(name.name ?? '')) child(node.children, { shown: true })
        return
      }
      case 'JSXText':
        if (hasWord(String(node.value))) report(node, String(node.value).replace(/\s+/g, ' '))
        return
      case 'JSXAttribute': {
        const { name } = node.name as { readonly name: string }
        const value = node.value as Node | null
        if (value?.type === 'Literal') {
          const text = String(value.value)
          if (hasWord(text) && (shownAttributes.test(String(name)) || (!silent.test(String(name)) && isPhrase(text)))) report(value, text)
        } else if (!silent.test(String(name))) child(value, { shown: shownAttributes.test(String(name)) })
        return
      }
      case 'Property':
      case 'PropertyDefinition': {
        const { name } = node.key as { readonly name?: string }
        if (!silent.test(name ?? '')) child(node.value, { shown: false })
        return
      }
      case 'BinaryExpression':
        if (/^[!=]==?$|^in$/.test(String(node.operator))) return
        children()
        return
      case 'ConditionalExpression':
        child(node.test, { shown: false })
        child([node.consequent, node.alternate])
        return
      case 'MemberExpression':
        child(node.object, { shown: false })
        return
      case 'CallExpression':
      case 'NewExpression': {
        const callee = node.callee as Node
        const called = code.slice(callee.start, callee.end as number)
        if (/^(plural|countOf)$/.test(called)) report(node, `${called}(…)`)
        else if (!silentCalls.test(called)) child(node.arguments, { shown: false })
        child(callee, { shown: false })
        return
      }
      case 'Literal': {
        const text = node.value
        if (typeof text === 'string' && hasWord(text) && (inside.shown || isPhrase(text))) report(node, text)
        return
      }
      case 'TemplateLiteral': {
        const text = (node.quasis as { readonly value: { readonly cooked: string } }[]).map(({ value }) => value.cooked).join('…')
        if (hasWord(text) && (inside.shown || isPhrase(text) || /… \p{L}{2,}/u.test(text))) report(node, text)
        child(node.expressions)
        return
      }
      case 'TaggedTemplateExpression':
        return
      default:
        children()
    }
  }
  visit(parseSync(file, code).program as unknown as Node, { shown: false })
  return found
}

const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => /\.tsx?$/.test(file) && !/\.(test|fixture)\.tsx?$|^words\/|^jsx\//.test(file))

test('no file of the page has text of its own', () => {
  expect(files.flatMap((file) => findText(file, readFileSync(new URL(file, source), 'utf8')))).toEqual([])
})

test('text in an element, an attribute, a table and a sentence of halves is found', () => {
  const found = (code: string) => findText('x.tsx', code).map((line) => line.replace(/^.*?: /, ''))
  expect(found('const a = <p title="Started by hand">Hello <code>npm start</code></p>')).toEqual(['Started by hand', 'Hello'])
  expect(found('const a = <p className="small muted" aria-label={open ? "close" : "open"}>{open ? "on" : t.off}</p>')).toEqual([
    'close',
    'open',
    'on',
  ])
  expect(found('const names = { day: "Day", to: "/app", status: "open" }')).toEqual(['Day'])
  expect(found(`const a = \`\${count} of \${all}\`; const b = countOf(count, "call"); throw new Error("No such thing")`)).toEqual([
    '… of …',
    'countOf(…)',
  ])
})
