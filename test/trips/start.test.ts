import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Child, start } from '../support/child.ts'
import { house } from '../support/house.ts'
import { tempFolder } from '../support/temp.ts'
import { startBox, startCli, until } from './box.ts'

// `npm start`, from the outside: what a person sees who types it. Setting up a clean clone is what CI itself does.

function npmStart(env: Record<string, string>): Child {
  return start('npm', ['start', '--silent'], { cwd: house, env: { API_KEYS: undefined, NODE_ENV: undefined, PORT: '0', ...env } })
}

/** Whether something listens there. */
function answers(url: string): Promise<boolean> {
  return fetch(url, { redirect: 'manual' }).then(
    () => true,
    () => false,
  )
}

/** The process and all below it that are still alive. */
function alive(pids: readonly number[]): number[] {
  return pids.filter((pid) => {
    try {
      process.kill(pid, 0)
      return !fs.readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
    } catch {
      return false
    }
  })
}

function childrenOf(pid: number): number[] {
  if (process.platform !== 'linux') return []
  const direct = fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)
  return direct.flatMap((child) => [child, ...childrenOf(child)])
}

describe('npm start', () => {
  it('shows a page in under two seconds once it is set up, and says where it is', async () => {
    const env = { DATA_DIR: tempFolder(), CLAUDE_CONFIG_DIR: tempFolder() }
    // The first start may still have to set something up.
    const first = npmStart(env)
    await first.line(/Signalbox is at/)
    await first.stop('SIGINT')
    const took: number[] = []
    for (let round = 0; round < 3; round++) {
      const started = performance.now()
      const child = npmStart(env)
      const [, url = ''] = await child.line(/Signalbox is at (http:\/\/\S+)/)
      const page = await fetch(`${url}/app`)
      took.push(performance.now() - started)
      expect(await page.text()).toContain('<div id="root"')
      expect((await child.stop('SIGINT')).code).toBe(0)
    }
    expect(Math.min(...took)).toBeLessThan(2_000)
  })

  it.each(['SIGINT', 'SIGTERM'] as const)('%s ends hub and collector, exit 0, nothing left running', async (signal) => {
    const child = npmStart({ DATA_DIR: tempFolder(), CLAUDE_CONFIG_DIR: tempFolder() })
    const [, url = ''] = await child.line(/Signalbox is at (http:\/\/\S+)/)
    await child.line(/Ctrl-C ends it/)
    const pid = child.process.pid ?? 0
    const below = childrenOf(pid)
    // A terminal's Ctrl-C reaches every process of its group, npm and its shell too.
    for (const one of signal === 'SIGINT' ? below : []) process.kill(one, signal)
    const { code } = await child.stop(signal)
    expect(code).toBe(0)
    expect(await answers(url)).toBe(false)
    expect(alive(below)).toEqual([])
  })

  it('when npm is killed outright, hub and collector end by themselves', async () => {
    const child = npmStart({ DATA_DIR: tempFolder(), CLAUDE_CONFIG_DIR: tempFolder() })
    await child.line(/Ctrl-C ends it/)
    const below = childrenOf(child.process.pid ?? 0)
    await child.stop('SIGKILL')
    await until(
      async () => alive(below),
      (left) => left.length === 0,
      10_000,
    )
  })

  it('when it is killed outright, hub and collector end by themselves', async () => {
    const box = await startBox({ dataDir: tempFolder(), claude: tempFolder() })
    const below = childrenOf(box.child.process.pid ?? 0)
    await box.child.stop('SIGKILL')
    await until(
      async () => alive(below),
      (left) => left.length === 0,
      10_000,
    )
    expect(await answers(box.url)).toBe(false)
  })

  it('starts a hub again that died', async () => {
    const box = await startBox({ dataDir: tempFolder(), claude: tempFolder() })
    const hub = childrenOf(box.child.process.pid ?? 0).find((pid) => fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('hub'))
    if (hub === undefined) return expect(process.platform).not.toBe('linux')
    process.kill(hub, 'SIGKILL')
    await until(
      async () => alive([hub]),
      (left) => left.length === 0,
    )
    await until(
      () => answers(`${box.url}/health`),
      (yes) => yes,
      15_000,
    )
    await box.child.stop('SIGINT')
  })
})

describe('one line that says what to do', () => {
  it('when the port is taken', async () => {
    const taken = net.createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => taken.once('listening', resolve))
    const { port } = taken.address() as net.AddressInfo
    const { code, stderr } = await startCli(['up'], { dataDir: tempFolder(), claude: tempFolder(), env: { PORT: String(port) } }).finished
    taken.close()
    expect(code).toBe(1)
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect(stderr).toMatch(new RegExp(`${port}.*(PORT|--port)`))
  })

  it('when another hub has the data folder already', async () => {
    const dataDir = tempFolder()
    const box = await startBox({ dataDir, claude: tempFolder() })
    const { code, stderr } = await startCli(['up'], { dataDir, claude: tempFolder() }).finished
    expect(code).toBe(1)
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect(stderr).toContain('Another hub uses')
    await box.child.stop('SIGINT')
  })

  it('when the data folder cannot be written', async () => {
    const file = path.join(tempFolder(), 'a-file')
    fs.writeFileSync(file, '')
    const { code, stderr } = await startCli(['up'], { dataDir: path.join(file, 'data'), claude: tempFolder() }).finished
    expect(code).toBe(1)
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect(stderr).toMatch(/DATA_DIR/)
  })

  it('when settings are wrong, every one of them at once', async () => {
    const { code, stderr } = await startCli(['up'], {
      dataDir: tempFolder(),
      claude: tempFolder(),
      env: { PORT: 'x', LOG_LEVEL: 'loud', TIMEZONE: 'Mars/Olympus' },
    }).finished
    expect(code).toBe(1)
    for (const name of ['PORT', 'LOG_LEVEL', 'TIMEZONE']) expect(stderr).toContain(name)
  })

  it('when it would listen beyond loopback without a key', async () => {
    const { code, stderr } = await startCli(['up'], { dataDir: tempFolder(), claude: tempFolder(), env: { HOST: '0.0.0.0' } }).finished
    expect(code).toBe(1)
    expect(stderr).toMatch(/keys create/)
  })

  it('when there are no transcripts, and the page is there all the same', async () => {
    const claude = tempFolder()
    const child = startCli(['up'], { dataDir: tempFolder(), claude })
    const [line] = await child.line(/No transcripts.*/)
    expect(line).toMatch(/CLAUDE_CONFIG_DIR/)
    await child.stop('SIGINT')
  })
})
