import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
// @ts-expect-error plain JavaScript
import { trySecondTime } from '../scripts/test/second-try.mjs'
// @ts-expect-error plain JavaScript
import { summaryOf } from '../scripts/test/summary.mjs'
// @ts-expect-error plain JavaScript
import { runVitest } from '../scripts/test/vitest.mjs'
import { tempFolder } from './support/temp.ts'

const files = {
  'vitest.config.mjs': `export default { test: { globals: true, include: ['*.test.mjs'], retry: 1 } }`,
  'sums.test.mjs': `
    let tries = 0
    describe('sums', () => {
      it('adds', () => expect(1 + 1).toBe(2))
      it('subtracts', () => expect({ a: 3 - 1 }).toEqual({ a: 1 }))
      it('divides at the second try', () => expect(++tries).toBe(2))
      it.skip('multiplies', () => {})
    })`,
  'hook.test.mjs': `
    describe('a suite', () => {
      beforeAll(() => { throw new Error('no database') })
      it('is never reached', () => {})
    })`,
  'import.test.mjs': `import './missing.mjs'`,
  'unhandled.test.mjs': `
    it('leaves a promise', async () => {
      Promise.reject(new TypeError('left alone'))
      await new Promise((resolve) => setTimeout(resolve, 20))
    })`,
}

it('the end of a run names each failure with its error, what passed only at the second try, and the slowest files', async () => {
  const folder = tempFolder()
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), text)
  const options = ['--root', folder, '--config', path.join(folder, 'vitest.config.mjs')]
  const report = await runVitest(process.execPath, 'of-the-summary', options, { env: {}, hold: () => {} })

  expect(report).toMatchObject({ passed: 3, failed: 4, skipped: 2 })
  const { text, failed } = summaryOf({
    checks: [
      { name: 'types', passed: true, output: '' },
      { name: 'lint', passed: false, output: 'a.ts:1 is not formatted\n' },
    ],
    reports: [report],
    phases: [['tests', 61_234]],
  })
  expect(failed).toBe(5)
  const lines: string[] = text.split('\n').map((line: string) => line.replace(/\S+\/(?=\w+\.test\.mjs)/, ''))
  const phases = lines.indexOf('Phases:')
  expect(
    lines
      .slice(2, phases)
      .map((line) => line.replace(/^ +\d+\.\d s {2}/, ''))
      .sort(),
  ).toEqual(Object.keys(files).slice(1).sort())
  expect(lines.slice(phases)).toEqual([
    'Phases:',
    '     61.2 s  tests',
    'Passed at the second try, a fault to mend:',
    '  sums.test.mjs > sums > divides at the second try',
    '      AssertionError: expected 1 to be 2 // Object.is equality',
    '      - 2',
    '      + 1',
    'Failed:',
    '  lint',
    '      a.ts:1 is not formatted',
    '  hook.test.mjs > a suite',
    '      Error: no database',
    '  import.test.mjs',
    "      Error: Cannot find module './missing.mjs' imported from import.test.mjs",
    '  sums.test.mjs > sums > subtracts',
    '      AssertionError: expected { a: 2 } to deeply equal { a: 1 }',
    '      -   "a": 1,',
    '      +   "a": 2,',
    '  unhandled.test.mjs > leaves a promise',
    '      TypeError: left alone',
    '4 passed, 5 failed, 2 skipped',
  ])
})

it('a run that ends without a report has failed, with its last lines', async () => {
  const report = await runVitest(process.execPath, 'of-the-summary', ['--root', '/does/not/exist'], { env: {}, hold: () => {} })
  expect(report).toMatchObject({ passed: 0, failed: 1, failures: [{ name: 'the run of of-the-summary' }] })
  expect(report.failures[0].error.join()).toContain('Root path does not exist')
})

const failed = (file: string | undefined, name: string) => ({ name, file, error: [`${name} is wrong`] })
const reportOf = (...failures: ReturnType<typeof failed>[]) => ({
  passed: 10,
  failed: failures.length,
  skipped: 0,
  failures,
  retried: [],
  files: [],
})

it('a file that passes alone no longer fails, and is named with its error; one that fails again stays failed', async () => {
  const first = [reportOf(failed('a.test.ts', 'one'), failed('a.test.ts', 'two')), reportOf(failed('b.test.ts', 'three'))]
  const ran: string[][] = []
  const second = await trySecondTime(first, (files: string[]) => {
    ran.push(files)
    return Promise.resolve({ ...reportOf(failed('b.test.ts', 'three')), passed: 5 })
  })
  expect(ran).toEqual([['a.test.ts', 'b.test.ts']])
  expect(second).toMatchObject([
    { passed: 12, failed: 0, failures: [], retried: [{ name: 'one', error: ['one is wrong'] }, { name: 'two' }] },
    { passed: 10, failed: 1, failures: [{ name: 'three' }], retried: [] },
  ])
})

it('there is no second try when many tests failed, or when it is not known which, and one that broke off mends nothing', async () => {
  const run = (report: ReturnType<typeof reportOf>) => () => Promise.resolve(report)
  const many = [reportOf(...Array.from({ length: 9 }, (_, n) => failed('a.test.ts', `${n}`)))]
  expect(await trySecondTime(many, run(reportOf()))).toEqual(many)
  const unknown = [reportOf(failed(undefined, 'the run of tests'))]
  expect(await trySecondTime(unknown, run(reportOf()))).toEqual(unknown)
  const one = [reportOf(failed('a.test.ts', 'one'))]
  expect(await trySecondTime(one, run({ ...reportOf(failed(undefined, 'the run of second-try')), passed: 3 }))).toEqual(one)
  expect(await trySecondTime(one, run({ ...reportOf(), passed: 0 }))).toEqual(one)
})
