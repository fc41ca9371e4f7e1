import os from 'node:os'
import path from 'node:path'
import { usageReportSchema } from '@signalbox/contract/usage'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { realTranscripts } from '../../../../test/support/real-transcripts.ts'
import { makeTempFolder, removeFolder } from '../../../../test/support/temp.ts'
import { runCommand, signalbox } from '../cli.suite.ts'
import { appendRows, writeCalls } from '../usage/written-calls.fixture.ts'

const [first, second, third, fourth] = ['11111111', '22222222', '33333333', '44444444'].map(
  (start) => `${start}-0000-4000-8000-000000000000`,
) as [string, string, string, string]
const shop = path.join(os.homedir(), 'shop')

let folder: string
beforeAll(() => {
  folder = makeTempFolder()
  const calls = [
    { at: '2026-11-02T10:20:00Z', session: first, cwd: path.join(shop, 'src'), branch: 'later', output: 1 },
    { at: '2026-11-02T10:00:00Z', session: first, cwd: shop, branch: 'fix-login', output: 2 },
    { at: '2026-11-03T10:00:00Z', session: second, cwd: '/srv/engine', branch: 'HEAD', model: 'claude-haiku-4-5', output: 4 },
    { at: '2026-12-04T10:00:00Z', session: third, cwd: '/srv/engine', branch: 'a,b', model: 'claude-haiku-4-5', output: 8 },
    { at: '2026-12-05T10:00:00Z', session: fourth, cwd: shop, branch: 'main', output: 16 },
  ]
  writeCalls(calls, folder)
  // As Claude Code writes them; a name that a person gave counts before one that it made.
  appendRows(folder, second, { type: 'ai-title', aiTitle: 'Speed up the engine', sessionId: second })
  appendRows(
    folder,
    third,
    { type: 'custom-title', customTitle: 'old name', sessionId: third },
    { type: 'custom-title', customTitle: 'new\nname', sessionId: third },
    { type: 'ai-title', aiTitle: 'Not this one', sessionId: third },
    { type: 'custom-title', customTitle: 'of a fork', sessionId: first },
  )
  // Earlier versions: into the transcript of a later session, with the id of the last row.
  appendRows(folder, 'later', { type: 'summary', summary: 'Refund a basket', leafUuid: 'uuid-4' })
})
afterAll(() => removeFolder(folder))

const run = (...args: string[]) => runCommand(folder, ['usage', ...args], { COLUMNS: '200' })
async function report(...args: string[]) {
  return usageReportSchema.strict().parse(JSON.parse((await run(...args, '--json')).stdout))
}
const linesOf = (csv: string) => csv.trimEnd().split('\r\n')

describe('a session', () => {
  test('has its title, the project of its first call, its first branch and its last call', async () => {
    const { rows } = await report('session')
    expect(rows.map(({ session, title, project, branch, last_call_at }) => [session, title, project, branch, last_call_at])).toEqual([
      [first, undefined, shop, 'fix-login', '2026-11-02T10:20:00.000Z'],
      [second, 'Speed up the engine', '/srv/engine', '', '2026-11-03T10:00:00.000Z'],
      [third, 'new name', '/srv/engine', 'a,b', '2026-12-04T10:00:00.000Z'],
      [fourth, 'Refund a basket', shop, 'main', '2026-12-05T10:00:00.000Z'],
    ])
  })

  test('is in the table by eight characters, with its title or else its first branch', async () => {
    const { stdout } = await run('session')
    expect(
      stdout
        .split('\n')
        .slice(0, 6)
        .map((line) => line.split(/ {2,}/).slice(0, 4)),
    ).toEqual([
      ['Session', 'Title', 'Project', 'Last call'],
      [expect.stringMatching(/^─+$/)],
      ['11111111', 'fix-login', 'shop', '2026-11-02 10:20'],
      ['22222222', 'Speed up the engine', 'engine', '2026-11-03 10:00'],
      ['33333333', 'new name', 'engine', '2026-12-04 10:00'],
      ['44444444', 'Refund a basket', 'shop', '2026-12-05 10:00'],
    ])
  })

  test('has the same in CSV', async () => {
    const lines = linesOf((await run('session', '--csv')).stdout)
    expect(lines[0]).toMatch(/^session,title,project,branch,calls,input,/)
    expect(lines[3]).toMatch(new RegExp(`^${third},new name,/srv/engine,"a,b",1,0,8,`))
    const models = linesOf((await run('session', '--csv', '--breakdown')).stdout)
    expect(models[3]).toMatch(new RegExp(`^${third},new name,/srv/engine,"a,b",claude-haiku-4-5,1,0,8,`))
  })

  test('stays without a title where the transcript is gone', async () => {
    const place = makeTempFolder()
    writeCalls([{ session: first, output: 1 }], place)
    appendRows(place, first, { type: 'custom-title', customTitle: 'mine', sessionId: first })
    const titles = async () =>
      (JSON.parse((await runCommand(place, ['usage', 'session', '--json'])).stdout).rows as { title?: string }[]).map(({ title }) => title)
    expect(await titles()).toEqual(['mine'])
    removeFolder(path.join(place, 'claude'))
    expect(await titles()).toEqual([undefined])
    removeFolder(place)
  })
})

describe('--instances', () => {
  test('is a table per project, the most expensive first, and the sum of all', async () => {
    const { stdout } = await run('monthly', '--instances')
    expect(
      stdout
        .split('\n')
        .filter((line) => /^shop$|^engine$|^2026|^Total|^\d+ projects|^$/.test(line))
        .map((line) => line.split(/ {2,}/)[0]),
    ).toEqual([
      'shop',
      '2026-11',
      '2026-12',
      'Total',
      '',
      'engine',
      '2026-11',
      '2026-12',
      'Total',
      '',
      expect.stringMatching(/^2 projects: 5 calls, 31 tokens, <?\$0\.\d\d\.$/),
      '',
    ])
    expect((await run('monthly', '-i', '-b')).stdout).toContain('  claude-haiku-4-5')
  })

  test('has the rows and the exact sums of each project as JSON and CSV', async () => {
    const { rows, totals, instances = [] } = await report('daily', '--instances')
    expect(rows).toEqual((await report('daily')).rows)
    expect(instances.map(({ project, totals }) => [project, totals.output])).toEqual([
      [shop, 19],
      ['/srv/engine', 12],
    ])
    expect(totals.output).toBe(31)
    for (const { project, ...one } of instances) {
      const alone = await report('daily', '--project', project)
      expect(one).toEqual({ rows: alone.rows, totals: alone.totals })
    }
    const lines = linesOf((await run('monthly', '--instances', '--csv')).stdout).map((line) => line.split(',').slice(0, 5).join())
    expect(lines).toEqual([
      'project,month,calls,input,output',
      `${shop},2026-11,2,0,3`,
      `${shop},2026-12,1,0,16`,
      '/srv/engine,2026-11,1,0,4',
      '/srv/engine,2026-12,1,0,8',
    ])
  })
})

test('the groups machine, branch and agent name their rows', async () => {
  const name = async (group: 'machine' | 'branch' | 'agent', env = {}) => {
    const { stdout } = await runCommand(folder, ['usage', group, '--json'], env)
    return usageReportSchema.parse(JSON.parse(stdout)).rows.map((row) => [row[group], row.output])
  }
  expect(await name('machine')).toEqual([[os.hostname(), 31]])
  expect(await name('machine', { MACHINE_ID: 'rack-1' })).toEqual([['rack-1', 31]])
  expect(Object.fromEntries(await name('branch'))).toEqual({ main: 16, 'a,b': 8, HEAD: 4, 'fix-login': 2, later: 1 })
  expect(await name('agent')).toEqual([['claude-code', 31]])
  expect((await run('agent')).stdout).toMatch(/^claude-code /m)
})

const words = ['daily', 'weekly', 'monthly', 'hourly', 'session', 'project', 'model', 'machine', 'branch', 'agent', 'blocks']
describe.each(words)('usage %s', (word) => {
  test('is JSON, CSV and CSV for Excel with the same sums', async () => {
    const { rows, totals } = await report(word)
    expect(totals.output).toBe(31)
    const { stdout: csv } = await run(word, '--csv')
    const [head = '', ...lines] = linesOf(csv)
    expect(lines).toHaveLength(rows.length)
    // No cell of these has a comma but the branch.
    const at = head.split(',').indexOf('output')
    const cells = (line: string) => line.replaceAll('"a,b"', 'ab').split(',')
    expect(lines.reduce((sum, line) => sum + Number(cells(line)[at]), 0)).toBe(31)
    const { stdout: excel } = await run(word, '--excel')
    expect(Buffer.from(excel).subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]))
    expect(excel.slice(1)).toBe(csv)
  })

  test('has help of its own', async () => {
    const { code, stdout, stderr } = await run(word, '--help')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('--last <count>')
    const examples = stdout.slice(stdout.indexOf('\nExamples:'))
    expect(examples).toMatch(new RegExp(`signalbox usage ${word}`))
    // Every example works as it stands.
    for (const [, line = ''] of examples.matchAll(/^ {2}signalbox usage (.*?)(?: {2,}| >)/gm)) {
      const { code, stderr } = await run(...line.split(' '))
      if (!/--(?:session|project|model|branch|agent|hub|machine|person)/.test(line))
        expect({ line, code, stderr }).toEqual({ line, code: 0, stderr: '' })
      else expect([0, 1], `${line}: ${stderr}`).toContain(code)
    }
  })
})

const real = realTranscripts()
test.skipIf(real === undefined)('in a process of its own, on real transcripts, every group and its CSV are exact', async () => {
  const place = makeTempFolder()
  const { calls, input, output, write5m, write1h, read } = real!.expected.totals
  try {
    for (const word of ['session', 'monthly']) {
      const args = ['usage', word, '--instances', '--json']
      const { stdout, stderr, code } = await signalbox(place, args, { CLAUDE_CONFIG_DIR: real!.folder })
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      const { rows, totals, instances = [] } = usageReportSchema.parse(JSON.parse(stdout))
      const sums = { calls, input, output, write_5m: write5m, write_1h: write1h, read }
      expect(totals).toMatchObject(sums)
      for (const one of [rows, instances.map(({ totals }) => totals)]) {
        for (const [name, sum] of Object.entries(sums))
          expect(
            one.reduce((all, row) => all + row[name as 'calls'], 0),
            name,
          ).toBe(sum)
      }
      if (word === 'session') expect(rows.every(({ project }) => project !== '')).toBe(true)
    }
    const { stdout } = await signalbox(place, ['usage', 'session', '--excel'], { CLAUDE_CONFIG_DIR: real!.folder })
    expect(stdout.charCodeAt(0)).toBe(0xfeff)
  } finally {
    removeFolder(place)
  }
})
