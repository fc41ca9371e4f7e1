import fs from 'node:fs'
import { expect, it } from 'vitest'
import { bundleExtension } from '../../../scripts/vscode/package.mjs'
import { textOf } from '../../../test/support/repository.ts'

interface Manifest {
  readonly engines: { readonly vscode: string }
  readonly enabledApiProposals?: unknown
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[]
    readonly configuration: { readonly properties: Readonly<Record<string, { readonly scope: string }>> }
    readonly menus: Readonly<Record<string, readonly { readonly command: string }[]>>
    readonly viewsWelcome: readonly { readonly contents: string }[]
  }
}

const manifest = JSON.parse(textOf('apps/vscode/extension.json')) as Manifest
const { commands, configuration, menus, viewsWelcome } = manifest.contributes
const named = commands.map(({ command }) => command).sort()

it('every command of the manifest is there, and no other', () => {
  const [, table = ''] = /const commands: Record[^{]*\{\n([\s\S]*?)\n {2}\}/.exec(textOf('apps/vscode/src/editor/commands.ts')) ?? []
  const registered = [...table.matchAll(/^ {4}(\w+):/gm)].map(([, name]) => `stateTracking.${name}`)
  expect(registered.sort()).toEqual(named)
})

it('menus and welcome views lead to commands that exist', () => {
  const used = [
    ...Object.values(menus).flatMap((rows) => rows.map(({ command }) => command)),
    ...viewsWelcome.flatMap(({ contents }) => [...contents.matchAll(/\(command:([\w.]+)\)/g)].map(([, name]) => name)),
  ]
  expect([...new Set(used)].filter((command) => !named.includes(command ?? ''))).toEqual([])
})

it('the settings of the manifest are those that are read', () => {
  const read = [...textOf('apps/vscode/src/editor/settings.ts').matchAll(/\.get\('(\w+)'/g)].map(([, name]) => `stateTracking.${name}`)
  expect([...new Set(read)].sort()).toEqual(Object.keys(configuration.properties).sort())
})

it('it runs in the editors of the last two years, with no proposed API', () => {
  const { version } = JSON.parse(fs.readFileSync(new URL(import.meta.resolve('@types/vscode/package.json')), 'utf8')) as { version: string }
  expect(manifest.engines.vscode).toBe(`^${version}`)
  expect(manifest.enabledApiProposals).toBeUndefined()
})

/** Since Node 20 and 22: older editors run the extension with Node 18. */
const newer =
  /\b(?:AbortSignal\.any|Promise\.(?:withResolvers|try)|Array\.fromAsync|(?:Map|Object)\.groupBy|import\.meta|Iterator\.from)\b|\.(?:toSorted|toReversed|toSpliced|toWellFormed|isWellFormed|getOrInsert|symmetricDifference|isDisjointFrom|isSubsetOf)\(/g

it('its program is small, and uses nothing that the Node of an older editor does not have', async () => {
  const files = await bundleExtension()
  const program = files.map(([, content]) => content).join('\n')
  expect(program.match(newer)).toBeNull()
  const required = program.match(/\brequire\([`'"]([^`'"]+)[`'"]\)/g) ?? []
  expect(required.filter((name) => !/[`'"](?:node:[\w/]+|vscode|\.{1,2}\/[\w./-]+)[`'"]/.test(name))).toEqual([])
  expect(program.length).toBeLessThan(150_000)
  // An editor waits for this one at its start.
  expect(new Map(files).get('extension.js')?.length).toBeLessThan(10_000)
})

it('the guide has every command and every setting', () => {
  const guide = textOf('docs/VSCODE_INTEGRATION.md')
  const documented = [...guide.matchAll(/^\| `(stateTracking\.\w+)` \|/gm)].map(([, name]) => name)
  expect(documented.sort()).toEqual([...named, ...Object.keys(configuration.properties)].sort())
})
