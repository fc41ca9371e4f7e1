import { expect, test } from 'vitest'
import { shortWords } from '../../build/short-words.ts'

interface Hooks {
  readonly buildStart: () => void
  readonly transform: (
    this: { readonly error: (message: string) => never },
    code: string,
    id: string,
  ) => { readonly code: string } | undefined
}

function start() {
  const hooks = shortWords() as unknown as Hooks
  hooks.buildStart()
  const context = {
    error: (message: string): never => {
      throw new Error(message)
    },
  }
  return (code: string, id: string) => hooks.transform.call(context, code, `/src/${id}`)?.code
}

test('a message has the same short name in both languages and where it is used', () => {
  const transform = start()
  const [name] =
    /\w+(?=: 'Signalbox')/.exec(transform("export const wall = {\n  signalbox: 'Signalbox',\n}", 'words/en/wall.ts') ?? '') ?? []
  expect(name).toMatch(/^[a-z]{1,2}$/)
  expect(transform("export const wall = {\n  signalbox: 'Signalbox',\n}", 'words/de/wall.ts')).toContain(`  ${name}: 'Signalbox'`)
  const imports = "import { locale } from '../words/language.ts'\nimport { t } from '../words/wall.ts'\n"
  const code = `${imports}const a = t.signalbox + other.t.signalbox`
  expect(transform(code, 'wall/x.tsx')).toBe(`${imports}const a = t.${name} + other.t.signalbox`)
})

test('files without words stay as they are, and a message that is nowhere fails the build', () => {
  const transform = start()
  expect(transform('const t = { a: 1 }; t.a', 'ui/icon.tsx')).toBeUndefined()
  expect(() => transform("import { t } from '../words/wall.ts'\nt.nowhere", 'wall/x.tsx')).toThrow('uses the message nowhere')
})
