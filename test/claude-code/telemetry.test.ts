import fs from 'node:fs'
import path from 'node:path'
import type { SessionSourceRow } from '@signalbox/contract/claude-session'
import { expect, onTestFinished, test } from 'vitest'
import { telemetryVariables } from '../../apps/cli/src/connect/telemetry.ts'
import { openHubFixture, RealClock } from '../../apps/cli/src/hub.suite.ts'
import { masterKey } from '../../apps/hub/test/open-hub.ts'
import { agent, bash, script, text } from '../support/messages-api.ts'
import { claudeCode, newest, old } from './client.ts'
import { clientHome } from './client-home.ts'
import { startRecordingProxy } from './recording-proxy.ts'

/** Words that the client sends, because it is asked to. */
const planted = { prompt: 'zebrafinch', command: 'oxlip', answer: 'kestrelmere' }

/** What a user or an administrator may have set: everything that the client can send. */
const everything = {
  OTEL_LOG_USER_PROMPTS: '1',
  OTEL_LOG_TOOL_DETAILS: '1',
  OTEL_LOG_TOOL_CONTENT: '1',
  OTEL_LOG_RAW_API_BODIES: '1',
  OTEL_METRIC_EXPORT_INTERVAL: '500',
  OTEL_LOGS_EXPORT_INTERVAL: '200',
}

test.for([
  [newest, 'http/protobuf'],
  [old, 'http/json'],
] as const)(
  'the telemetry of Claude Code %s over %s puts its session on the board, and no word of it',
  async ([version, protocol], { skip }) => {
    const client = await claudeCode(version, skip)
    const hub = await openHubFixture({ clock: new RealClock() })
    const proxy = await startRecordingProxy(hub.url)
    onTestFinished(() => proxy.stop())
    const home = await clientHome({
      settings: { permissions: { defaultMode: 'bypassPermissions' } },
      env: {
        ...telemetryVariables(proxy.url, masterKey, 'laptop'),
        OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
        ...everything,
        CLAUDE_CODE_MAX_RETRIES: '1',
      },
    })
    const terminal = home.terminal(client, { cwd: await home.project() })
    const { sessionId } = await terminal.ready()
    const session = () => hub.client.getSession(sessionId).catch(() => undefined)
    const below = agent([bash('true'), text('Below.')])
    await terminal.submit(`${planted.prompt}\n${script(bash(`true ${planted.command}`), bash('exit 3'), below, text(planted.answer))}`)
    await terminal.waitForAnswer(planted.answer)
    const names = async () =>
      (await hub.client.getSessionTimeline(sessionId)).filter(({ source }) => source === 'telemetry').map(({ type, name }) => [type, name])
    await expect.poll(names).toEqual(
      expect.arrayContaining([
        ['observed.tool', 'Agent'],
        ['observed.subagent-ended', 'general-purpose'],
      ]),
    )
    expect((await names())[0]).toEqual(['observed.prompt', undefined])
    const tools = (await hub.client.getSessionTimeline(sessionId)).filter(({ name }) => name === 'Bash')
    expect(tools.map(({ failed }) => failed)).toEqual([undefined, true, undefined])
    expect(tools.every(({ duration_ms = -1 }) => duration_ms >= 0)).toBe(true)
    const { model } = home.api.answersOf(sessionId).find(({ offeredTools }) => offeredTools)!
    expect(await session()).toMatchObject({
      machine_id: 'laptop',
      status: 'active',
      claude_code: { model, version, sources: ['telemetry'] },
    })
    await terminal.submit(script({ fail: 529, kind: 'overloaded_error', times: 20 }, text('Never.')))
    await expect.poll(async () => (await session())?.claude_code?.turn_error).toBe('overloaded')
    await terminal.submit('/exit')
    await terminal.ended
    const paths = new Set(proxy.requests.map(({ method, path }) => `${method} ${path}`))
    expect([...paths].sort()).toEqual(['POST /v1/logs', 'POST /v1/metrics'])
    const rows: SessionSourceRow[] = await hub.client.getSessionSources(sessionId)
    expect([...new Set(rows.map(({ field }) => field))].sort()).toEqual(['alive', 'effort', 'model', 'turn_error', 'version'])

    // The client has sent the words, and the hub has kept none of them.
    const sent = proxy.requests.map((request) => request.text).join('\n')
    expect(Object.values(planted).filter((word) => !sent.includes(word))).toEqual([])
    const kept = fs
      .readdirSync(hub.hub.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => fs.readFileSync(path.join(entry.parentPath, entry.name), 'latin1'))
      .concat(JSON.stringify(hub.hub.log))
      .join('\n')
    expect(kept).toContain(sessionId)
    expect(Object.values(planted).filter((word) => kept.includes(word))).toEqual([])
  },
)
