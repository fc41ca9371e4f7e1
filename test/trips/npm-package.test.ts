import fs from 'node:fs'
import path from 'node:path'
import { settings } from '@signalbox/contract/setting'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { stageClaudePlugin } from '../../scripts/pack/claude-plugin.mjs'
import { stageSignalbox } from '../../scripts/pack/signalbox.mjs'
import { packTarball } from '../../scripts/pack/tarball.mjs'
import { otherNodes, setupNodeVersion } from '../../scripts/setup/node-version.mjs'
import { type Finished, run, start } from '../support/child.ts'
import { installPackages } from '../support/installed-package.ts'
import { makeTempFolder, removeFolder } from '../support/temp.ts'
import { writeTranscripts } from '../support/transcripts.ts'
import { report } from './box.ts'

// The package as a stranger has it: installed from its tarball into an empty folder, far from this checkout.

const folder = makeTempFolder()
afterAll(() => removeFolder(folder))
const installed = path.join(folder, 'node_modules')
const bin = path.join(installed, '.bin', 'signalbox')
const canFetchNode = process.platform === 'linux'
let tarball = ''
let oldest = ''
let tooOld = ''

beforeAll(async () => {
  const nodes = canFetchNode ? Object.values(otherNodes).map(setupNodeVersion) : []
  tarball = await packTarball(stageSignalbox, folder)
  const plugin = await packTarball(stageClaudePlugin, folder)
  await installPackages([tarball, plugin], folder)
  ;[oldest = '', tooOld = ''] = await Promise.all(nodes)
}, 300_000)

/** No setting of the machine that runs the tests; an empty text counts as not set. */
const blank = Object.fromEntries(Object.keys(settings).map((name) => [name, '']))

/** A person with a home of its own, and nothing set. */
function person(node: string, name: string) {
  const home = path.join(folder, `${name}-${path.basename(path.dirname(path.dirname(node)))}-home`)
  fs.mkdirSync(path.join(home, 'bin'), { recursive: true })
  const env = { ...blank, HOME: home, XDG_CONFIG_HOME: undefined, PATH: path.join(home, 'bin'), NO_COLOR: '1', TIMEZONE: 'UTC' }
  const options = { cwd: home, env: { ...env, PORT: '0', NODE_COMPILE_CACHE: path.join(folder, 'compiled'), SIGNALBOX_HUB: undefined } }
  return {
    home,
    run: (...words: string[]): Promise<Finished> => run(node, [bin, ...words], options),
    start: (...words: string[]) => start(node, [bin, ...words], options),
  }
}

it('it is small, builds nothing and runs no script', () => {
  expect(fs.statSync(tarball).size).toBeLessThanOrEqual(1_000_000)
  const files = fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const sizes = files
    .filter(({ parentPath }) => parentPath.startsWith(installed))
    .map((at) => fs.statSync(path.join(at.parentPath, at.name)).size)
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(100_000_000)
  const manifest = JSON.parse(fs.readFileSync(path.join(installed, 'signalbox/package.json'), 'utf8'))
  expect(manifest).toMatchObject({ name: 'signalbox', license: 'MIT', engines: { node: '>=22.18' }, publishConfig: { provenance: true } })
  expect(manifest.scripts).toBeUndefined()
  for (const version of Object.values(manifest.dependencies)) expect(version).toMatch(/^\d+\.\d+\.\d+$/)
  const own = files.filter(({ parentPath }) => parentPath.startsWith(path.join(installed, 'signalbox'))).map(({ name }) => name)
  expect(own.filter((name) => /\.tsx?$|\.test\.|\.map$|^\.env|\.key$/.test(name))).toEqual([])
  expect(own).toEqual(expect.arrayContaining(['LICENSE', 'THIRD-PARTY.txt', 'README.md', 'index.html']))
})

it.skipIf(!canFetchNode)('an older Node says in one line what it needs', async () => {
  const { code, stdout, stderr } = await person(tooOld, 'old').run('usage')
  expect([code, stdout, stderr]).toEqual([
    1,
    '',
    `signalbox: needs Node 22.18 or newer; this is ${otherNodes.tooOld}. Install a newer Node.\n`,
  ])
})

it.concurrent.each(canFetchNode ? ['this', 'oldest'] : ['this'])('usage, up, connect and doctor work on %s Node', async (which) => {
  const node = which === 'this' ? process.execPath : oldest
  const [owner, guest] = [person(node, 'owner'), person(node, 'guest')]
  const { calls } = writeTranscripts(path.join(owner.home, '.claude')).expected.totals
  const usage = await owner.run('usage', '--json')
  expect([usage.code, JSON.parse(usage.stdout).totals?.calls]).toEqual([0, calls])

  const up = owner.start('up')
  try {
    const [, url = ''] = await up.line(/Signalbox is at (http:\/\/\S+)/)
    const page = await fetch(`${url}/app`)
    expect(page.status).toBe(200)
    // The package has only the compressed form of this one.
    const scripts = [...(await page.text()).matchAll(/(?:src|href)="([^"]+\.js)"/g)].map(([, script = '']) => script)
    const script = scripts.find((name) =>
      fs.existsSync(path.join(installed, 'signalbox/apps/dashboard/dist/assets', `${path.basename(name)}.br`)),
    )
    const texts = new Set<string>()
    for (const encoding of ['identity', 'br', 'gzip']) {
      const answer = await fetch(new URL(script ?? 'none', page.url), { headers: { 'accept-encoding': encoding } })
      expect([answer.status, answer.headers.get('content-encoding') ?? 'identity']).toEqual([200, encoding])
      texts.add(await answer.text())
    }
    expect(texts.size).toBe(1)
    await expect.poll(async () => (await report(url, {})).totals.calls, { timeout: 60_000 }).toBe(calls)

    const doctor = JSON.parse((await owner.run('doctor', '--json')).stdout) as { findings: { about: string; state: string }[] }
    expect(doctor.findings.filter(({ state }) => state === 'fail')).toEqual([])
    const about = (name: string) => doctor.findings.find((finding) => finding.about === name)?.state
    expect([about('Hub'), about('Collector'), about('Node')]).toEqual(['ok', 'ok', 'ok'])

    const invited = JSON.parse((await owner.run('machines', 'invite', '--json')).stdout) as { url: string; code: string }
    const connected = await guest.run('connect', invited.url, invited.code, '--no-service')
    expect([connected.code, connected.stderr]).toEqual([0, ''])
    // What it wrote into the settings of Claude Code is in the package.
    const hooks = fs.readFileSync(path.join(guest.home, '.claude/settings.json'), 'utf8')
    const observer = /\[ ! -r '?([^' ]+observe\.sh)/.exec(hooks)?.[1] ?? ''
    expect(observer.startsWith(fs.realpathSync(installed))).toBe(true)
    expect(fs.existsSync(observer)).toBe(true)
    expect((await guest.run('sessions', 'list')).code).toBe(0)
    expect((await guest.run('connect', '--undo')).code).toBe(0)
  } finally {
    expect((await up.stop('SIGINT')).code).toBe(0)
  }
})
