import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
// @ts-expect-error plain JavaScript
import { programs } from '../scripts/bundle/table.mjs'
// @ts-expect-error plain JavaScript
import { preloadOf } from '../scripts/test/programs.mjs'
import { run } from './support/child.ts'
import { filesOf, repositoryRoot, textOf } from './support/repository.ts'
import { tempFolder } from './support/temp.ts'

const files = Object.values(programs as Record<string, string>)

it('every program and worker that is started by its file is bundled', () => {
  const started = [...filesOf('apps', isSource), ...filesOf('packages', isSource)].flatMap((file) =>
    [...textOf(file).matchAll(/new URL\('(\.[\w./-]+\.ts)', import\.meta\.url\)/g)].map(([, target = '']) =>
      path.posix.join(path.posix.dirname(file), target),
    ),
  )
  expect(started.length).toBeGreaterThan(6)
  expect(started.filter((file) => !files.includes(file))).toEqual([])
})

function isSource(file: string): boolean {
  return file.includes('/src/') && /\.(ts|mjs)$/.test(file) && !/\.(test|suite|fixture)\.ts$/.test(file)
}

it('a program that tests start by its file runs from the bundle they name', async () => {
  const folder = tempFolder()
  fs.writeFileSync(path.join(folder, 'keys.cjs'), "console.log('bundled', process.argv[2])")
  const keys = path.join(repositoryRoot, 'apps/hub/src/keys.ts')
  const ask = (options: string | undefined) =>
    run(process.execPath, [keys, '--help'], { env: { NODE_OPTIONS: options, DATA_DIR: tempFolder() } })
  expect(await ask(`--import ${preloadOf(folder)}`)).toMatchObject({ stdout: 'bundled --help\n' })
  expect((await ask(undefined)).stdout).toContain('Usage: ')
})
