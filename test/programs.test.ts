import fs from 'node:fs'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { cache } from '../scripts/setup/repository.mjs'
// @ts-expect-error plain JavaScript
import { buildTestPrograms, entries } from '../scripts/test/programs.mjs'
import { run } from './support/child.ts'
import { filesOf, repositoryRoot, textOf } from './support/repository.ts'
import { tempFolder } from './support/temp.ts'

const names = entries as readonly string[]

it('every program and worker that is started by its file is built', () => {
  const started = [...filesOf('apps', isSource), ...filesOf('packages', isSource)].flatMap((file) =>
    [...textOf(file).matchAll(/(?<!import\(|from )'(\.[\w./-]+\/(?:main|console|keys|copy|mirror|[\w-]+-worker)\.ts)'/g)].map(
      ([, target = '']) => path.posix.join(path.posix.dirname(file), target),
    ),
  )
  expect(started.length).toBeGreaterThan(6)
  expect(started.filter((file) => !names.includes(file))).toEqual([])
  expect(names.filter((file) => !fs.existsSync(path.join(repositoryRoot, file)))).toEqual([])
})

function isSource(file: string): boolean {
  return file.includes('/src/') && /\.(ts|mjs)$/.test(file) && !/\.(test|suite|fixture)\.ts$/.test(file)
}

it('a built program runs in place of its source, finds its files, and answers the same', async () => {
  const built = fs.mkdtempSync(path.join(cache, 'programs-'))
  onTestFinished(() => fs.rmSync(built, { recursive: true }))
  const preload = (await buildTestPrograms(built)) as string
  const env = { HOME: tempFolder(), DATA_DIR: tempFolder(), CLAUDE_CONFIG_DIR: tempFolder(), NODE_OPTIONS: undefined }
  const ask = (options: string | undefined, ...args: string[]) =>
    run(process.execPath, [path.join(repositoryRoot, 'apps/cli/bin/signalbox.mjs'), ...args], { env: { ...env, NODE_OPTIONS: options } })
  for (const args of [['--help'], ['usage'], ['key', 'create', '--help']]) {
    const [source, program] = await Promise.all([ask(undefined, ...args), ask(`--import ${preload}`, ...args)])
    expect(program).toEqual(source)
  }
  const broken = `--import ${preload}`
  fs.rmSync(path.join(built, 'apps/cli/src/main.js'))
  expect(await ask(broken, '--version')).toMatchObject({ code: 0 })
  fs.writeFileSync(path.join(built, 'apps/cli/src/main.js'), "console.log('built')")
  expect(await ask(broken, '--version')).toMatchObject({ stdout: 'built\n' })
})
