import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, it } from 'vitest'
import { tempFolder } from '../../../test/support/temp.ts'
import { credentialsPath, writeCredentialsFile } from './credentials-file.ts'
import { findHub } from './find-hub.ts'
import { hubFilePath, readHubFile, removeHubFile, writeHubFile } from './hub-file.ts'
import { ensureOwnerKey, ownerKeyPath, readOwnerKey, rotateOwnerKey } from './owner-key.ts'
import { PrivateFileError } from './private-file.ts'

/** A home and a DATA_DIR of their own. */
function machine() {
  const home = tempFolder()
  const dataDir = path.join(home, 'data')
  const env = { HOME: home, APPDATA: path.join(home, '.config'), DATA_DIR: dataDir }
  return {
    env,
    dataDir,
    file: credentialsPath(env),
    connect: (url: string) =>
      writeCredentialsFile(credentialsPath(env), { url, key: 'sbx_connected', key_id: 'k_1', machine_id: 'box-7', connected_at: '' }),
    startHub: (url: string) => {
      ensureOwnerKey(dataDir)
      writeHubFile(dataDir, { url, version: '0.1.0', now: Date.now() })
      return readOwnerKey(dataDir)!.key
    },
  }
}

async function endedProcess(): Promise<number> {
  const child: ChildProcess = spawn(process.execPath, ['-e', ''])
  await once(child, 'exit')
  return child.pid!
}

it('the default address is found without a key where there is nothing else, and the reason names all places', () => {
  const { env, file, dataDir } = machine()
  const found = findHub(env)
  expect(found).toMatchObject({ url: 'http://127.0.0.1:4000', key: undefined, source: 'default', machineId: os.hostname(), warnings: [] })
  for (const place of ['SIGNALBOX_URL', file, dataDir]) expect(found.from).toContain(place)
})

it('a hub that runs on the same DATA_DIR is found at its port, with the key of the owner', () => {
  const { env, startHub, dataDir } = machine()
  const key = startHub('http://127.0.0.1:40123')
  expect(findHub(env)).toMatchObject({ url: 'http://127.0.0.1:40123', key, source: 'running-hub', keyFrom: ownerKeyPath(dataDir) })
})

it('the credentials file comes before the running hub, SIGNALBOX_URL before both', () => {
  const { env, startHub, connect, file } = machine()
  startHub('http://127.0.0.1:40123')
  connect('https://hub.example')
  expect(findHub(env)).toMatchObject({
    url: 'https://hub.example',
    key: 'sbx_connected',
    source: 'credentials-file',
    from: `from ${file}`,
    machineId: 'box-7',
  })
  const SIGNALBOX_URL = 'https://other.example/'
  expect(findHub({ ...env, SIGNALBOX_URL })).toMatchObject({
    url: 'https://other.example',
    source: 'environment',
    from: 'from SIGNALBOX_URL',
  })
})

it('an address from the environment gets the key of that hub only', () => {
  const { env, startHub, connect } = machine()
  const owner = startHub('http://127.0.0.1:40123')
  connect('https://hub.example:443/')
  const key = (SIGNALBOX_URL: string, more = {}) => findHub({ ...env, SIGNALBOX_URL, ...more }).key
  expect(key('https://HUB.example')).toBe('sbx_connected')
  expect(key('https://hub.example:8443')).toBeUndefined()
  expect(key('http://hub.example')).toBeUndefined()
  expect(key('https://hub.example.evil.example')).toBeUndefined()
  expect(key('http://127.0.0.1:40123')).toBe(owner)
  expect(key('http://127.0.0.1:40124')).toBeUndefined()
  expect(key('http://10.0.0.9:40123')).toBeUndefined()
  expect(key('http://10.0.0.9:40123', { SIGNALBOX_API_KEY: 'mine' })).toBe('mine')
})

it('the name localhost becomes the address at which the hub of DATA_DIR listens', () => {
  const { env, startHub } = machine()
  const key = startHub('http://127.0.0.1:40123')
  expect(findHub({ ...env, SIGNALBOX_URL: 'http://localhost:40123' })).toMatchObject({ url: 'http://127.0.0.1:40123', key })
})

it('the key of the owner goes to no address of another machine, even where hub.json names one', () => {
  const { env, startHub } = machine()
  startHub('http://192.0.2.7:4000')
  expect(findHub(env)).toMatchObject({ url: 'http://192.0.2.7:4000', key: undefined })
})

it('the file of a hub that has ended, of another process with its id, of another machine, or half a file is no running hub', async () => {
  const { env, startHub, dataDir } = machine()
  startHub('http://127.0.0.1:40123')
  const file = hubFilePath(dataDir)
  const content = readHubFile(dataDir)!
  const write = (change: object) => fs.writeFileSync(file, JSON.stringify({ ...content, ...change }))
  write({ pid: await endedProcess() })
  expect(findHub(env).source).toBe('default')
  if (content.process_start !== undefined) {
    write({ process_start: `${content.process_start}0` })
    expect(findHub(env).source).toBe('default')
  }
  write({ host: 'elsewhere' })
  expect(findHub(env).source).toBe('default')
  for (const text of ['', '{"url": "http://127', 'null', '[]', '{"url": "file:///x", "pid": 1, "host": "h"}']) {
    fs.writeFileSync(file, text)
    expect(findHub(env).source).toBe('default')
  }
  write({})
  expect(findHub(env).source).toBe('running-hub')
})

it('a clean stop removes hub.json, but not the one of a hub that was started since', async () => {
  const { startHub, dataDir } = machine()
  startHub('http://127.0.0.1:40123')
  const other = { ...readHubFile(dataDir)!, pid: await endedProcess() }
  removeHubFile(dataDir)
  expect(fs.existsSync(hubFilePath(dataDir))).toBe(false)
  fs.writeFileSync(hubFilePath(dataDir), JSON.stringify(other), { mode: 0o600 })
  removeHubFile(dataDir)
  expect(fs.existsSync(hubFilePath(dataDir))).toBe(true)
})

it('a collector of the same DATA_DIR prefers the key that may only send', () => {
  const { env, startHub, dataDir } = machine()
  const owner = startHub('http://127.0.0.1:40123')
  expect(findHub(env, { purpose: 'collector' }).key).toBe(owner)
  fs.writeFileSync(path.join(dataDir, 'credentials.json'), '{"key": "sbx_sends", "key_id": "k_2"}')
  expect(findHub(env, { purpose: 'collector' }).key).toBe('sbx_sends')
  expect(findHub(env).key).toBe(owner)
})

it('the key of the owner is made once, for its owner only, and rotation replaces it', async () => {
  const { dataDir } = machine()
  expect([ensureOwnerKey(dataDir), ensureOwnerKey(dataDir)]).toEqual([true, false])
  const first = readOwnerKey(dataDir)!
  expect(first).toEqual({ key: expect.stringMatching(/^sbo_[\w-]{43}$/), warning: undefined })
  if (process.platform !== 'win32') expect(fs.statSync(ownerKeyPath(dataDir)).mode & 0o777).toBe(0o600)
  rotateOwnerKey(dataDir)
  expect(readOwnerKey(dataDir)!.key).not.toBe(first.key)
  expect(fs.readdirSync(dataDir)).toEqual(['owner.key'])
})

it.skipIf(process.platform === 'win32')('files that others can read are used with a warning, those that others can write are not', () => {
  const { env, connect, file, startHub, dataDir } = machine()
  startHub('http://127.0.0.1:40123')
  fs.chmodSync(ownerKeyPath(dataDir), 0o644)
  expect(findHub(env).warnings).toEqual([expect.stringContaining(`chmod 600 ${ownerKeyPath(dataDir)}`)])
  fs.chmodSync(hubFilePath(dataDir), 0o666)
  expect(findHub(env).source).toBe('default')

  connect('https://hub.example')
  fs.chmodSync(file, 0o640)
  expect(findHub(env)).toMatchObject({ key: 'sbx_connected', warnings: [expect.stringContaining(`chmod 600 ${file}`)] })
  fs.chmodSync(file, 0o660)
  expect(() => findHub(env)).toThrow(PrivateFileError)
  // Where the file does not decide, it stops nothing.
  expect(findHub({ ...env, SIGNALBOX_URL: 'https://hub.example' })).toMatchObject({
    key: undefined,
    warnings: [expect.stringContaining('write')],
  })
})

it.skipIf(process.platform === 'win32')('what is no file in the place of a key is refused at once, not waited for', () => {
  const { dataDir } = machine()
  fs.mkdirSync(dataDir)
  execFileSync('mkfifo', ['-m', '600', ownerKeyPath(dataDir)])
  expect(() => readOwnerKey(dataDir)).toThrow(PrivateFileError)
  fs.rmSync(ownerKeyPath(dataDir))
  fs.symlinkSync('/dev/zero', ownerKeyPath(dataDir))
  expect(() => readOwnerKey(dataDir)).toThrow('not a regular file')
})

it.skipIf(process.getuid?.() !== 0)('a key of another user is refused, by root too', () => {
  const { dataDir } = machine()
  ensureOwnerKey(dataDir)
  fs.chownSync(ownerKeyPath(dataDir), 12_345, 12_345)
  expect(() => readOwnerKey(dataDir)).toThrow('belongs to another user')
})

it.each([
  ['half a file', '{"url": "https://hub.ex'],
  ['no address', '{"key": "sbx_secret"}'],
  ['another kind of address', '{"url": "file:///etc", "key": "sbx_secret"}'],
  ['no key', '{"url": "https://hub.example"}'],
  ['no object', 'null'],
])('a credentials file with %s is an error that says what to do, without its content', (_, text) => {
  const { env, file } = machine()
  fs.mkdirSync(path.dirname(file), { recursive: true })
  fs.writeFileSync(file, text, { mode: 0o600 })
  const error = (() => {
    try {
      return findHub(env)
    } catch (thrown) {
      return thrown
    }
  })() as PrivateFileError
  expect(error).toBeInstanceOf(PrivateFileError)
  expect(error.message).toContain(file)
  expect(error.suggestion).toContain('signalbox connect')
  expect(error.message).not.toContain('sbx_secret')
})

it('XDG_CONFIG_HOME names the folder of the credentials file where it is absolute', () => {
  if (process.platform === 'win32') return
  expect(credentialsPath({ HOME: '/home/me', XDG_CONFIG_HOME: '/conf' })).toBe('/conf/signalbox/credentials.json')
  expect(credentialsPath({ HOME: '/home/me', XDG_CONFIG_HOME: 'conf' })).toBe('/home/me/.config/signalbox/credentials.json')
})
