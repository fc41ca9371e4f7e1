import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { descendantsOf, filterAlive } from '../support/process-tree.ts'
import { tempFolder } from '../support/temp.ts'
import { npmStart, startBox, startCli, until } from './box.ts'

// `npm start` as its user sees it. CI itself covers the setup of a clean clone.

/** Whether a server listens at the URL. */
function isListening(url: string): Promise<boolean> {
  return fetch(url, { redirect: 'manual' }).then(
    () => true,
    () => false,
  )
}

describe('npm start', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('%s ends hub and collector with exit code 0 and leaves nothing running', async (signal) => {
    const child = npmStart({ DATA_DIR: tempFolder(), CLAUDE_CONFIG_DIR: tempFolder() })
    const [, url = ''] = await child.line(/Signalbox is at (http:\/\/\S+)/)
    await child.line(/Press Ctrl-C to stop/)
    const pid = child.process.pid ?? 0
    const descendants = descendantsOf(pid)
    // A terminal sends Ctrl-C to every process of its group, npm and its shell included.
    for (const one of signal === 'SIGINT' ? descendants : []) process.kill(one, signal)
    const { code } = await child.stop(signal)
    expect(code).toBe(0)
    expect(await isListening(url)).toBe(false)
    expect(filterAlive(descendants)).toEqual([])
  })

  it('prints the public address beside the local one', async () => {
    const child = npmStart({ DATA_DIR: tempFolder(), CLAUDE_CONFIG_DIR: tempFolder(), PUBLIC_URL: 'https://hub.example/signalbox' })
    const [line] = await child.line(/Signalbox is at .*/)
    expect(line).toMatch(/Signalbox is at http:\/\/127\.0\.0\.1:\d+ · for others: https:\/\/hub\.example\/signalbox/)
    expect((await child.stop('SIGTERM')).code).toBe(0)
  })

  it('hub and collector end by themselves when npm is killed', async () => {
    const child = npmStart({ DATA_DIR: tempFolder(), CLAUDE_CONFIG_DIR: tempFolder() })
    await child.line(/Press Ctrl-C to stop/)
    const descendants = descendantsOf(child.process.pid ?? 0)
    await child.stop('SIGKILL')
    await until(
      async () => filterAlive(descendants),
      (remaining) => remaining.length === 0,
    )
  })

  it('hub and collector end by themselves when the command is killed', async () => {
    const box = await startBox({ dataDir: tempFolder(), claude: tempFolder() })
    const descendants = descendantsOf(box.child.process.pid ?? 0)
    await box.child.stop('SIGKILL')
    await until(
      async () => filterAlive(descendants),
      (remaining) => remaining.length === 0,
    )
    expect(await isListening(box.url)).toBe(false)
  })
})

describe('in a data folder that was there before, with the permissions of other folders', () => {
  /** The files below a folder that other users could read or write. */
  const openFiles = (folder: string) =>
    fs
      .readdirSync(folder, { recursive: true, withFileTypes: true })
      .map((entry) => path.join(entry.parentPath, entry.name))
      .filter((file) => (fs.statSync(file).mode & 0o077) !== 0)

  it.skipIf(process.platform === 'win32')('no file is for other users, not even those that were', async () => {
    const dataDir = tempFolder()
    fs.chmodSync(dataDir, 0o755)
    for (const name of ['ledger.db', 'collector.json', 'hub.lock']) fs.writeFileSync(path.join(dataDir, name), '', { mode: 0o644 })
    const claude = tempFolder()
    const box = await startBox({ dataDir, claude })
    await until(
      async () => fs.existsSync(path.join(dataDir, 'ledger.db')) && fs.readFileSync(path.join(dataDir, 'collector.json'), 'utf8') !== '',
      (written) => written,
    )
    for (const name of ['signalbox.db', 'owner.key', 'hub.json', 'hub.lock', 'ledger.db'])
      expect(fs.existsSync(path.join(dataDir, name)), name).toBe(true)
    expect(openFiles(dataDir)).toEqual([])
    const doctor = await startCli(['doctor'], { dataDir, claude }).finished
    expect(doctor.stdout).toContain('other users of this machine can read')
    await box.child.stop('SIGINT')
  })
})

describe('the link that is printed', () => {
  it('signs a browser in once, making a key does not lock it out, and no wrong key commands the terminal', async () => {
    const dataDir = tempFolder()
    const claude = tempFolder()
    // Lines of the log are made readable on a terminal only.
    const terminal = process.platform === 'linux' && fs.existsSync('/usr/bin/script')
    const box = await startBox({ dataDir, claude, terminal, env: { NO_COLOR: '1' } })
    const [, link = ''] = await box.child.line(/to sign a browser in.*: (http:\/\/\S+)/)
    const followed = await fetch(link, { redirect: 'manual' })
    expect([followed.status, followed.headers.get('location')]).toEqual([303, '/app'])
    expect((await fetch(link, { redirect: 'manual' })).status).toBe(401)
    const cookie = String(followed.headers.get('set-cookie')).split(';')[0]!
    expect((await startCli(['keys', 'create', 'me'], { dataDir, claude }).finished).code).toBe(0)
    expect((await fetch(`${box.url}/api/whoami`)).status).toBe(401)
    expect(await (await fetch(`${box.url}/api/whoami`, { headers: { cookie } })).json()).toMatchObject({ name: 'local owner' })
    const again = await startCli(['open', '--print'], { dataDir, claude, env: { PORT: undefined } }).finished
    expect((await fetch(again.stdout.trim(), { redirect: 'manual' })).status).toBe(303)
    // It would hide what follows, clear the screen and turn the text around.
    const key = '\u001b[8m \u001bc\u001b[2J \u202e'
    const login = await fetch(`${box.url}/api/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ key }),
    })
    expect(login.status).toBe(401)
    await box.child.line(/key refused/)
    for (const command of ['\u001b', '\u202e']) expect(box.child.output()).not.toContain(command)
    if (terminal) expect(box.child.output()).toMatch(/^\d\d:\d\d:\d\d hub +warn +key refused/m)
    await box.child.stop(terminal ? 'SIGTERM' : 'SIGINT')
  })
})

describe('one line says what to do', () => {
  it('when the port is in use', async () => {
    const other = net.createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => other.once('listening', resolve))
    const { port } = other.address() as net.AddressInfo
    const { code, stderr, stdout } = await startCli(['up'], { dataDir: tempFolder(), claude: tempFolder(), env: { PORT: String(port) } })
      .finished
    other.close()
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain(`Port ${port} is taken`)
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect(stderr).toMatch(new RegExp(`${port}.*(PORT|--port)`))
  })

  it('when another hub uses the data folder', async () => {
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
    expect(stderr).toMatch(/data cannot be written.*DATA_DIR/)
  })

  it('when settings are invalid, all of them at once', async () => {
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
    expect(stderr).toMatch(/signalbox keys create/)
  })

  it('when there are no transcripts, and keeps running', async () => {
    const claude = tempFolder()
    const child = startCli(['up'], { dataDir: tempFolder(), claude })
    const [line] = await child.line(/No transcripts.*/)
    expect(line).toMatch(/CLAUDE_CONFIG_DIR/)
    expect((await child.stop('SIGTERM')).code).toBe(0)
  })
})
