import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { usageReportSchema } from '@signalbox/contract/usage'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { realTranscripts } from '../../../../test/support/real-transcripts.ts'
import { makeTempFolder, removeFolder } from '../../../../test/support/temp.ts'
import { runCommand, signalbox } from '../cli.suite.ts'
import { writeCalls } from '../usage/written-calls.fixture.ts'

const ids = [
  'd88bceb6-bb3a-4ae8-9405-d67d19950a46',
  'd88bffff-2974-4b80-8344-bb87e325a67b',
  '8ab54260-6692-4888-96a3-c08408c85fb4',
] as const
const shop = path.join(os.homedir(), 'work', 'shop')

let folder: string
beforeAll(() => {
  folder = makeTempFolder()
  const calls = [
    { session: ids[0], cwd: shop, branch: 'main', model: 'claude-opus-5-5', output: 1 },
    { session: ids[0], cwd: shop, branch: 'feature/login', model: 'claude-opus-5-5[1m]', output: 2 },
    { session: ids[1], cwd: '/srv/engine', branch: 'main', model: 'claude-opus-4-5-20251101', output: 4 },
    { session: ids[2], cwd: '/srv/engine-old', branch: 'fix', model: 'claude-haiku-4-5-20251001', output: 8 },
  ]
  writeCalls(calls, folder)
})
afterAll(() => removeFolder(folder))

async function report(args: readonly string[], cwd = folder) {
  const { code, stdout, stderr } = await runCommand(folder, ['usage', ...args, '--json'], {}, { cwd })
  const { filters, totals, rows } = usageReportSchema.strict().parse(JSON.parse(stdout))
  return { code, stderr, filters, rows, output: totals.output }
}

test.each<[string, string, number]>([
  ['--project', 'shop', 3],
  ['--project', '~/work/shop', 3],
  ['--project', '~/work/shop/', 3],
  ['--project', shop, 3],
  ['--project', `${shop}/`, 3],
  ['--project', 'work/shop', 3],
  ['-p', 'SHOP', 3],
  ['--project', 'engine', 4],
  ['--project', 'old', 8],
  ['--model', 'opus-5-5', 3],
  ['--model', 'Opus 5.5', 3],
  ['--model', 'claude-opus-5-5', 3],
  ['--model', 'claude-opus-5-5[1m]', 2],
  ['--model', 'opus', 7],
  ['--model', 'claude-haiku-4-5', 8],
  ['--session', ids[2], 8],
  ['--session', '8ab54260', 8],
  ['--id', 'd88bceb6', 3],
  ['--branch', 'main', 5],
  ['--branch', 'login', 2],
  ['--agent', 'claude-code', 15],
])('%s %s', async (option, asked, output) => {
  expect(await report([option, asked])).toMatchObject({ code: 0, stderr: '', output })
})

test('several filters hold together, and what they stand for is in the report unless it is the name itself', async () => {
  expect(await report(['--project', 'shop', '--branch', 'main', '--model', 'opus'])).toMatchObject({
    output: 1,
    filters: { project: { asked: 'shop', names: [shop] }, model: { asked: 'opus', names: expect.arrayContaining(['claude-opus-5-5']) } },
  })
  expect((await report(['--project', shop, '--branch', 'main'])).filters).toBeUndefined()
  const { stdout } = await runCommand(folder, ['usage', '--project', 'shop', '--session', 'd88bceb6'])
  expect(stdout).toContain(`Project shop: ~/work/shop.\nSession d88bceb6: ${ids[0]}.\n`)
})

test('a path may be written from the current folder, as a shell completes it', async () => {
  const place = fs.realpathSync(folder)
  const other = writeCalls([{ cwd: path.join(place, 'claude'), output: 1 }])
  const ask = async (project: string, cwd: string) =>
    JSON.parse((await runCommand(other, ['usage', '--json', '--project', project], {}, { cwd })).stdout).totals.calls
  expect(await Promise.all(['claude/', './claude', './claude/'].map((project) => ask(project, place)))).toEqual([1, 1, 1])
  expect(await Promise.all(['.', '../claude'].map((project) => ask(project, path.join(place, 'claude'))))).toEqual([1, 1])
  expect(await ask('.', place)).toBe(0)
})

describe('a filter that means nothing', () => {
  test.each<[string, string, RegExp]>([
    [
      '--project',
      'shpo',
      /^signalbox: no calls have the project "shpo"\. The nearest names are ~\/work\/shop, .*`signalbox usage project` lists all\.\n$/,
    ],
    ['--project', `${shop}/src`, /no calls have the project ".*src"\. The nearest names are ~\/work\/shop, /],
    ['--model', 'opus-5', /no calls have the model "opus-5"\. The nearest names are claude-opus-5-5\b/],
    ['--session', 'd88', /"d88" is too short for the id of a session\. Write at least four characters of it\./],
    ['--session', 'd88bceb7', /no calls have the session "d88bceb7"\. The nearest names are d88bceb6, /],
    ['--session', 'd88b', /several sessions match "d88b": d88b(?:ffff, d88bceb6|ceb6, d88bffff)\. Write more of the name\.\n$/],
    ['--branch', 'mian', /no calls have the branch "mian"\. The nearest names are main, /],
    ['--branch', '', /no calls are without a branch\./],
    ['--agent', 'codxe', /no calls have the agent "codxe"\. The nearest name is claude-code\./],
  ])('%s %j names the nearest on stderr, with exit code 1; JSON and CSV have no rows', async (option, asked, message) => {
    const table = await runCommand(folder, ['usage', option, asked])
    expect(table).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(message) })
    const json = await report([option, asked])
    expect(json).toMatchObject({ code: 1, stderr: table.stderr, rows: [], output: 0 })
    const [[, meaning] = []] = Object.entries(json.filters ?? {})
    expect(meaning).toMatchObject({ asked, names: [], nearest: expect.any(Array) })
    const csv = await runCommand(folder, ['usage', option, asked, '--csv'])
    expect(csv).toMatchObject({ code: 1, stderr: table.stderr, stdout: expect.stringMatching(/^day,calls,[^\n]*\r\n$/) })
  })

  test('has no control characters of a transcript in it', async () => {
    const place = writeCalls([{ cwd: '/home/u/\u001b[31mred', output: 1 }])
    const { stderr } = await runCommand(place, ['usage', '--project', '\u001b[2J'])
    expect(stderr).not.toContain('\u001b')
    expect(stderr).toContain('\\u001b[31mred')
  })

  test('with known names but no calls in the range is no error', async () => {
    const { code, stdout } = await runCommand(folder, ['usage', '--project', 'shop', '--until', '2020-01-01'])
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'No calls match --until 2020-01-01 --project shop.\n' })
  })

  test('of a machine without any calls says that there are none', async () => {
    const { code, stdout } = await runCommand(writeCalls([]), ['usage', '--project', 'shop'])
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('No usage yet.') })
  })
})

const real = realTranscripts()
describe.skipIf(real === undefined)('on real transcripts', () => {
  const place = makeTempFolder()
  afterAll(() => removeFolder(place))

  /** The exact sums of the models whose name begins so. */
  const expected = (begin: string) =>
    Object.entries(real!.expected.days)
      .filter(([name]) => name.slice('2026-01-01 '.length).startsWith(begin))
      .reduce((sum, [, { calls, output }]) => ({ calls: sum.calls + calls, output: sum.output + output }), { calls: 0, output: 0 })

  test.each([
    ['opus', 'claude-opus-'],
    ['opus-4-5', 'claude-opus-4-5'],
    ['claude-opus-4-6', 'claude-opus-4-6'],
    ['Haiku 4.5', 'claude-haiku-4-5'],
    ['sonnet', 'claude-sonnet-4'],
  ])('in a process of its own, --model %s is exact', async (asked, begin) => {
    const args = ['usage', '--json', '--model', asked]
    const { stdout, stderr, code } = await signalbox(place, args, { CLAUDE_CONFIG_DIR: real!.folder })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout).totals).toMatchObject(expected(begin))
  })
})
