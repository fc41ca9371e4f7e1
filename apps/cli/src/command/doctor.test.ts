import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'
import { writeTranscripts } from '../../../../test/support/transcripts.ts'
import { signalbox } from '../cli.suite.ts'

interface Finding {
  about: string
  state: string
  text: string
  advice?: string
}

async function examine(folder: string, extra: Record<string, string> = {}) {
  const { code, stdout } = await signalbox(folder, ['doctor', '--json'], extra)
  const { ok, findings } = JSON.parse(stdout) as { ok: boolean; findings: Finding[] }
  expect(ok).toBe(code === 0)
  // Whatever is not well comes with what to do.
  for (const { state, advice } of findings) expect(advice === undefined).toBe(state === 'ok')
  return { code, findings, about: (name: string) => findings.filter(({ about }) => about === name) }
}

test('it tells what is found, and what is missing is only worth knowing', async () => {
  const folder = tempFolder()
  const { files, calls } = writeTranscripts(path.join(folder, 'claude'))
  const { code, about } = await examine(folder)
  expect(code).toBe(0)
  expect(about('Transcripts')[0]).toMatchObject({ state: 'ok', text: expect.stringContaining(`${files.length} files`) })
  expect(about('Ledger')[0]).toMatchObject({ state: 'ok', text: expect.stringContaining(`${calls.length} calls`) })
  expect(about('Outbox')[0]?.text).toContain(`${calls.length} calls not yet sent`)
  expect(about('Hub')[0]).toMatchObject({ state: 'warn', advice: expect.stringContaining('signalbox up') })
  expect(about('Collector')[0]).toMatchObject({ state: 'warn' })
  expect(about('Prices').some(({ state, text }) => state === 'warn' && text.startsWith('none for'))).toBe(true)
})

test('a hub that was asked for and is not there fails', async () => {
  const { code, about } = await examine(tempFolder(), { SIGNALBOX_URL: 'http://127.0.0.1:9' })
  expect(code).toBe(1)
  expect(about('Hub')[0]).toMatchObject({ state: 'fail' })
})

test('wrong settings, a wrong price table and missing folders are all told at once', async () => {
  const folder = tempFolder()
  fs.writeFileSync(path.join(folder, 'prices.json'), '[]')
  const { code, findings, about } = await examine(folder, {
    LOG_LEVEL: 'loud',
    WEEK_START: 'someday',
    PRICE_TABLE: path.join(folder, 'prices.json'),
  })
  expect(code).toBe(1)
  expect(about('Settings').map(({ text }) => text)).toEqual([expect.stringContaining('WEEK_START'), expect.stringContaining('LOG_LEVEL')])
  expect(about('Prices')[0]).toMatchObject({ state: 'fail' })
  expect(about('Transcripts')[0]).toMatchObject({ state: 'warn', advice: expect.stringContaining('CLAUDE_CONFIG_DIR') })
  expect(findings.some(({ about }) => about === 'Node')).toBe(true)
})

test('data that cannot be written fails, and the rest is told all the same', async () => {
  const folder = tempFolder()
  fs.writeFileSync(path.join(folder, 'data'), '')
  const { code, findings } = await examine(folder)
  expect(code).toBe(1)
  expect(findings.filter(({ state }) => state === 'fail').map(({ about }) => about)).toContain('Data')
  expect(findings.some(({ about }) => about === 'Time zone')).toBe(true)
})

test('for people it says the same, one finding a line', async () => {
  const { stdout } = await signalbox(tempFolder(), ['doctor'])
  expect(stdout).toMatch(/^ok {4}Settings/)
  expect(stdout).toMatch(/\n\d failed, \d to look at\.\n$/)
})
