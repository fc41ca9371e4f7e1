import { expect, test } from 'vitest'
import { parseProcessFile } from './process-file.ts'

const id = '8c1f4f3e-2f0a-4a44-9c0e-5b1d8a1c7e21'
const WRITTEN = 1_795_955_160_000
const NOW = WRITTEN + 5_000
const newest = {
  pid: 4711,
  sessionId: id,
  cwd: '/home/ada/engine',
  startedAt: 1_795_955_132_842,
  procStart: '146389',
  version: '2.1.332',
  kind: 'interactive',
  entrypoint: 'cli',
  pidDomain: 'linux:3d1219c7c4c5404aaa1f6d2a48adfda4:pid:[4026531836]',
  name: 'engine-67',
  nameSource: 'derived',
  status: 'busy',
  statusUpdatedAt: 1_795_955_158_046,
  updatedAt: 1_795_955_158_050,
}
const { nameSource: _, statusUpdatedAt: __, pidDomain: ___, name: ____, ...old } = { ...newest, version: '2.1.120' }
const parse = (file: object) => parseProcessFile(JSON.stringify(file), WRITTEN, NOW)

test('the newest file says everything', () => {
  expect(parse(newest)).toEqual({
    pid: 4711,
    sessionId: id,
    cwd: '/home/ada/engine',
    startedAt: 1_795_955_132_842,
    procStart: '146389',
    pidDomain: newest.pidDomain,
    version: '2.1.332',
    kind: 'interactive',
    name: 'engine-67',
    hasDerivedName: true,
    activity: 'working',
    activityAt: 1_795_955_158_046,
    updatedAt: 1_795_955_158_050,
    followsSession: true,
  })
})

test.each([
  ['busy', undefined, 'working', undefined],
  ['shell', undefined, 'working', undefined],
  ['idle', undefined, 'idle', undefined],
  ['waiting', 'permission prompt', 'waiting', 'permission'],
  ['waiting', 'approve Bash', 'waiting', 'permission'],
  ['waiting', 'sandbox request', 'waiting', 'permission'],
  ['waiting', 'input needed', 'waiting', 'input'],
  ['waiting', 'dialog open', 'waiting', 'other'],
  ['waiting', 'something of next year', 'waiting', 'other'],
  ['waiting', undefined, 'waiting', 'other'],
  ['a status of next year', undefined, undefined, undefined],
  [undefined, undefined, undefined, undefined],
])('status %s, waiting for %s, is %s', (status, waitingFor, activity, expected) => {
  const file = parse({ ...newest, status, waitingFor })
  expect({ activity: file?.activity, waitingFor: file?.waitingFor }).toEqual({ activity, waitingFor: expected })
})

test('2.1.120 has no time of its status and does not follow /clear; the time of the write stands in', () => {
  expect(parse(old)).toMatchObject({ activity: 'working', activityAt: newest.updatedAt, followsSession: false, hasDerivedName: false })
})

test('2.1.200 follows /clear in its file, with -p too, which has no status', () => {
  expect(parse({ ...old, version: '2.1.200', status: undefined, entrypoint: 'sdk-cli' })).toMatchObject({
    followsSession: true,
    kind: 'print',
  })
})

test('-p and jobs in the background are no session in a terminal', () => {
  expect(parse({ ...newest, entrypoint: 'sdk-cli' })?.kind).toBe('print')
  expect(parse({ ...newest, kind: 'background' })?.kind).toBe('background')
  expect(parse({ ...newest, kind: 'of next year' })?.kind).toBeUndefined()
})

test('a name that may have been made from a prompt is left out', () => {
  expect(parse({ ...newest, name: 'fancy', nameSource: 'user' })?.name).toBe('fancy')
  expect(parse({ ...newest, name: 'fix-the-login', nameSource: 'prompt' })?.name).toBeUndefined()
  // `/branch` says that a person gave it.
  expect(parse({ ...newest, name: 'the first prompt (Branch)', nameSource: 'user' })?.name).toBeUndefined()
  expect(parse({ ...newest, name: `${'the first prompt '.repeat(20)}(Branch 2)`, nameSource: 'user' })?.name).toBeUndefined()
  expect(parse({ ...newest, name: 'Branch offices', nameSource: 'user' })?.name).toBe('Branch offices')
})

test('what is no process file, or half of one, is none', () => {
  const text = JSON.stringify(newest)
  for (const bad of ['', '[]', 'null', text.slice(0, -1), text.slice(0, 40)]) expect(parseProcessFile(bad, WRITTEN)).toBeUndefined()
  const broken = [{ pid: 0 }, { pid: '1' }, { sessionId: 'x' }, { sessionId: 5 }, { cwd: '' }, { cwd: undefined }]
  for (const change of broken) expect(parse({ ...newest, ...change })).toBeUndefined()
})

test('hostile values are cut to what the contract takes', () => {
  const file = parse({
    ...newest,
    name: `a\u0000b\n${'x'.repeat(900)}`,
    version: 'v'.repeat(900),
    nameSource: 'user',
    startedAt: -5,
    updatedAt: 'x',
  })
  expect(file?.name).toMatch(/^abx{198}$/)
  expect(file?.version).toHaveLength(50)
  expect(file?.startedAt).toBe(0)
})

test('a time that cannot be is taken for none', () => {
  for (const time of [9_007_199_254_740_991, NOW + 25 * 3_600_000, 0, -1, 1.5, '2026']) {
    expect(parse({ ...newest, startedAt: time, statusUpdatedAt: time, updatedAt: time })).toMatchObject({
      startedAt: 0,
      activityAt: WRITTEN,
      updatedAt: WRITTEN,
    })
  }
  expect(parse({ ...newest, updatedAt: 9_007_199_254_740_991 })).toMatchObject({ updatedAt: newest.startedAt })
})
