import path from 'node:path'
import type { SessionCheck } from '@signalbox/contract/usage-check'
import { openLedger } from '@signalbox/ledger'
import { expect, onTestFinished, test } from 'vitest'
import { agent, script, text } from '../support/messages-api.ts'
import { tempFolder } from '../support/temp.ts'
import { claudeCode, newest, old } from './client.ts'
import { type ClientHome, clientHome } from './client-home.ts'

// What Claude Code records beyond its rows, against what the stand-in has served. The oracle holds more versions to it.

const bypass = { permissions: { defaultMode: 'bypassPermissions' } }
const used = (output_tokens: number) => ({ usage: { output_tokens } })

/** The sums of each session as the stand-in has served them. */
function servedOf({ api }: ClientHome): Record<string, object> {
  const answered = api.answers.filter(({ status, aborted }) => status === 200 && !aborted)
  const sums = [...Map.groupBy(answered, ({ sessionId }) => sessionId)].map(([session, answers]) => {
    const sum = (name: 'input_tokens' | 'output_tokens' | 'cache_creation_input_tokens' | 'cache_read_input_tokens') =>
      answers.reduce((total, { usage }) => total + usage[name], 0)
    return [
      session,
      {
        input: sum('input_tokens'),
        output: sum('output_tokens'),
        write: sum('cache_creation_input_tokens'),
        read: sum('cache_read_input_tokens'),
      },
    ]
  })
  return Object.fromEntries(sums)
}

async function readLedger({ config }: ClientHome) {
  const ledger = openLedger({ dataDir: tempFolder() })
  onTestFinished(() => ledger.close())
  await ledger.refresh({ roots: [path.join(config, 'projects')] })
  const { rows } = ledger.report({ group: 'session', timezone: 'UTC' })
  const sums = rows.map(({ session, input, output, write_5m, write_1h, read }) => [
    session,
    { input, output, write: write_5m + write_1h, read },
  ])
  const checks = new Map((await ledger.verify({})).map((check) => [check.session, check]))
  return { sums: Object.fromEntries(sums) as Record<string, object>, checks }
}

const reasonsOf = (check: SessionCheck | undefined) => check?.reasons.map(({ reason }) => reason)

test('with what the newest version records, each session has what was served: summaries, resumed and forked sessions', async ({ skip }) => {
  const client = await claudeCode(newest, skip)
  const home = await clientHome({ settings: bypass })
  const cwd = await home.project()
  const run = async (...args: string[]) => expect(await home.print(client, cwd, ['-p', ...args]).finished).toMatchObject({ code: 0 })

  const terminal = home.terminal(client, { cwd })
  const { sessionId } = await terminal.ready()
  await terminal.submit(script(used(1_000), text('First.')))
  await terminal.waitForAnswer('First.')
  const answers = home.api.answers.length
  await terminal.submit('/compact')
  await expect.poll(() => home.api.answers.length, { timeout: 30_000 }).toBeGreaterThan(answers)
  await terminal.waitForProcessFile(({ status }) => status === 'idle')
  await terminal.submit(script(used(2_000), text('Second.')))
  await terminal.waitForAnswer('Second.')
  await terminal.waitForProcessFile(({ status }) => status === 'idle')
  await terminal.submit('/exit')
  await terminal.ended
  await run('--resume', sessionId, script(used(300), agent([used(5_000), text('Below.')]), text('Third.')))
  await run('--resume', sessionId, '--fork-session', script(used(7), text('Forked.')))

  const { sums, checks } = await readLedger(home)
  expect(sums).toEqual(servedOf(home))
  const fork = [...checks.keys()].find((session) => session !== sessionId)
  expect(Object.keys(sums).sort()).toEqual([sessionId, fork].sort())
  expect(reasonsOf(checks.get(sessionId))).toEqual(['background'])
  expect(checks.get(fork!)).toMatchObject({ calls: 1, recorded: { output: 7 }, reasons: [{ reason: 'restored', session: sessionId }] })
})

test('a session of a version that records nothing, or that was killed, says so', async ({ skip }) => {
  const [client, before] = [await claudeCode(newest, skip), await claudeCode(old, skip)]
  const home = await clientHome({ settings: bypass })
  const cwd = await home.project()
  const terminal = home.terminal(client, { cwd })
  const { sessionId } = await terminal.ready()
  await terminal.submit(script(used(50), text('Done.')))
  await terminal.waitForAnswer('Done.')
  // The client writes its transcript in its own time.
  await expect.poll(async () => (await readLedger(home)).checks.size).toBe(1)
  await terminal.kill()
  await home.print(before, cwd, ['-p', script(used(40), text('Done.'))]).finished
  const { checks } = await readLedger(home)
  expect(checks.get(sessionId)).toMatchObject({ recorded: null, difference: null, not_itemised: { output: 0 } })
  expect([...checks.values()].map(reasonsOf)).toEqual([['not_recorded'], ['not_recorded']])
})
