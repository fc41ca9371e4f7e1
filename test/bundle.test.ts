import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
// @ts-expect-error plain JavaScript
import { findBundle, noteOf } from '../apps/cli/bin/bundle.cjs'
// @ts-expect-error plain JavaScript
import { locate } from '../scripts/bundle/locate.mjs'
// @ts-expect-error plain JavaScript
import { assets, programs } from '../scripts/bundle/table.mjs'
import { repositoryRoot } from './support/repository.ts'
import { tempFolder } from './support/temp.ts'

const transform = (code: string, file: string): string => locate().transform(code, path.join(repositoryRoot, file))

it('a bundled file finds a program beside itself and an asset from the root', () => {
  const app = 'apps/cli/src/child/app.ts'
  expect(transform("new URL('../../../hub/src/main.ts', import.meta.url)", app)).toContain('new URL("./hub.cjs", ')
  expect(transform("new URL('./leave-with-parent.mjs', import.meta.url)", app)).toContain(
    'new URL("../../apps/cli/src/child/leave-with-parent.mjs", ',
  )
  expect(transform("new URL('../../../../', import.meta.url)", app)).toContain('new URL("../../", ')
  expect(() => transform("new URL('./other.txt', import.meta.url)", app)).toThrow('apps/cli/src/child/other.txt')
  expect(() => transform("readFile(import.meta.dirname + '/x')", app)).toThrow('scripts/bundle/table.mjs')
})

it('what the table lists is there', () => {
  const listed = Object.entries(assets as Record<string, string[]>).flatMap(([folder, parts]) =>
    parts.map((part) => path.join(folder, part)),
  )
  const files = [...listed, ...Object.values(programs as Record<string, string>)].filter((file) => !file.startsWith('apps/dashboard/dist'))
  expect(files.filter((file) => !fs.existsSync(path.join(repositoryRoot, file)))).toEqual([])
})

it('a package runs its bundle; a checkout does so while no source has changed', () => {
  const folder = tempFolder()
  const find = (word?: string) => findBundle(word, folder)
  const bundled = path.join(folder, 'dist/bundle/cli.cjs')
  expect(find()).toBe(bundled)

  const write = (file: string, text = '') => {
    fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true })
    fs.writeFileSync(path.join(folder, file), text)
  }
  const sources = ['apps/cli/src/main.ts', 'apps/cli/src/command/usage.ts', 'apps/hub/src/main.ts']
  for (const file of sources) write(file, file)
  expect(find()).toBeUndefined()
  const notes = sources.map((file) => noteOf(file, folder))
  write('dist/bundle.json', JSON.stringify({ folder: 'bundle-1', first: notes.slice(0, 2) }))
  write('dist/bundle-1/sources.json', JSON.stringify(notes))
  expect(find()).toBeUndefined()
  write('dist/bundle-1/cli.cjs')
  const program = path.join(folder, 'dist/bundle-1/cli.cjs')
  expect([find(), find('up'), find('usage')]).toEqual([program, program, program])

  // A short command never runs the hub.
  write('apps/hub/src/main.ts', 'changed')
  expect([find(), find('up'), find('usage')]).toEqual([undefined, undefined, program])
  fs.rmSync(path.join(folder, 'apps/cli/src/command/usage.ts'))
  expect(find('usage')).toBeUndefined()
})
