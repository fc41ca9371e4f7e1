import { expect, test } from 'vitest'
import { someCall } from '../../../hub/test/call.ts'
import { openHubFixture } from '../hub.suite.ts'

interface Answer {
  call: { tool: string; arguments: object } | null
  unknown: string[]
  text: string
  suggestions: string[]
  proposal: { effect: string; command: string }
}

test('a question is answered from the hub, an action only proposed, and nothing guessed', async () => {
  const { run, json, client, hub, start } = await openHubFixture()
  await client.createMachine({ machine_id: 'rack-1', hostname: 'rack-1' })
  const { session_id } = await client.createSession({ project_id: 'platform-web', machine_id: 'rack-1' })
  await client.ingestCalls('rack-1', [someCall({ at: new Date(hub.clock.now()).toISOString(), cwd: '/home/ada/platform-web' })])

  const spent = await run(['ask', 'what did I spend in the last 24 hours?'])
  expect(spent).toMatchObject({ code: 0, stderr: 'usage_report: range last 24h\n' })
  expect(spent.stdout).toMatch(/^last_24h \(\S+\): \$\d.+ at list price, 93\.8K tokens in 1 call\.\n$/)
  const next = await json<Answer>(['ask', '-c', 'and per model?'])
  expect(next.call).toEqual({ tool: 'usage_report', arguments: { range: 'last_24h', group: 'model' } })
  expect(next.text).toContain('claude-opus-5-5')

  const missed = await run(['ask', 'what will bitcoin cost tomorrow'])
  expect([missed.code, missed.stdout]).toEqual([1, ''])
  expect(missed.stderr).toContain('"bitcoin" means nothing here')
  expect(missed.stderr).toContain('Near questions: "')

  const { call, proposal } = await json<Answer>(['ask', 'please', 'pause', 'platform', 'web'])
  expect(call).toEqual({ tool: 'session_act', arguments: { action: 'pause', project: 'platform-web' } })
  expect(proposal.command).toBe(`signalbox sessions pause ${session_id.slice(0, 8)}`)
  expect((await run(['ask', 'pause platform-web'])).stdout).toContain('Nothing was changed. To do it: signalbox sessions pause')
  expect((await client.getSession(session_id)).status).toBe('active')
  const asked = start(['ask', 'pause platform-web'], { isTTY: true })
  await asked.output(/Do it\? \[y\/N\]/)
  asked.type('y\n')
  expect((await asked.finished).code).toBe(0)
  expect((await client.getSession(session_id)).status).toBe('paused')

  const forbidden = await run(['ask', 'who needs me'], { SIGNALBOX_API_KEY: 'sb_wrong' })
  expect([forbidden.code, forbidden.stderr]).toEqual([1, expect.stringContaining('This key is not accepted')])
  const offline = await run(['ask', 'who needs me'], { SIGNALBOX_URL: 'http://127.0.0.1:1' })
  expect([offline.code, offline.stderr]).toEqual([1, expect.stringContaining('SIGNALBOX_URL')])
})
