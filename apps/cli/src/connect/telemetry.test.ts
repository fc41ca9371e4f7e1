import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import fs from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'
import { someLogs, someRecord } from '../../../hub/test/telemetry.ts'
import { openHubFixture } from '../hub.suite.ts'
import type { StepRecord } from './record.ts'
import { connectTelemetry, telemetryVariables, undoTelemetry, writeTelemetry } from './telemetry.ts'

type TelemetryRecord = Extract<StepRecord, { step: 'telemetry' }>
const variables = telemetryVariables('https://hub.example', 'sbx_secret', 'laptop')

function place(text?: string) {
  const folder = tempFolder()
  const file = path.join(folder, 'claude', 'settings.json')
  fs.mkdirSync(path.dirname(file))
  if (text !== undefined) fs.writeFileSync(file, text, { mode: 0o644 })
  const notes: TelemetryRecord[] = []
  const context = {
    configFolder: path.join(folder, 'config'),
    note: (step: StepRecord) => void notes.push(step as TelemetryRecord),
    noted: () => undefined,
  }
  return {
    notes,
    read: () => (fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined),
    edit: (change: (text: string) => string) => fs.writeFileSync(file, change(fs.readFileSync(file, 'utf8'))),
    write: () => writeTelemetry(context, file, variables),
    mode: () => fs.statSync(file).mode & 0o777,
    envNow: () => (JSON.parse(fs.readFileSync(file, 'utf8')) as { env?: object }).env,
  }
}

it.each([
  ['a pretty file', '{\n  "model": "opus",\n  "env": { "A": "1" }\n}\n'],
  ['one on a line', '{"model":"opus"}'],
  ['an empty one', ''],
  ['tabs', '{\n\t"env": {\n\t\t"A": "1"\n\t}\n}'],
])('%s gets the variables, only its owner may read it, and undo restores every byte', (_, text) => {
  const here = place(text)
  expect(here.write()).toContain('only you can read')
  expect(here.envNow()).toMatchObject(variables)
  if (process.platform !== 'win32') expect(here.mode()).toBe(0o600)
  expect(JSON.stringify(here.notes)).not.toContain('sbx_secret')
  expect(here.write()).toContain('unchanged')
  undoTelemetry(here.notes[0]!)
  expect(here.read()).toBe(text)
  if (process.platform !== 'win32') expect(here.mode()).toBe(0o644)
})

it('a missing file is made, and removed again', () => {
  const here = place()
  here.write()
  expect(here.envNow()).toEqual(variables)
  undoTelemetry(here.notes[0]!)
  expect(here.read()).toBeUndefined()
})

it('later changes stay when it is undone', () => {
  const here = place('{"model": "opus"}')
  here.write()
  here.edit((text) => text.replace('"opus"', '"sonnet"'))
  expect(undoTelemetry(here.notes[0]!)).toContain('your later changes stay')
  expect(JSON.parse(here.read()!)).toEqual({ model: 'sonnet' })
})

it('a protocol that the hub takes stays as it was chosen, also when it is undone after other changes', () => {
  const here = place('{"env": {"OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"}}')
  expect(here.write()).toContain('only you can read')
  expect(here.envNow()).toEqual({ ...variables, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' })
  here.edit((text) => text.replace('{', '{"model": "opus",'))
  undoTelemetry(here.notes[0]!)
  expect(JSON.parse(here.read()!)).toEqual({ model: 'opus', env: { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' } })
})

it.each([
  [
    'telemetry for another place',
    '{"env": {"OTEL_EXPORTER_OTLP_ENDPOINT": "https://mine.example"}}',
    /OTEL_EXPORTER_OTLP_ENDPOINT already/,
  ],
  ['a protocol of another port', '{"env": {"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}}', /OTEL_EXPORTER_OTLP_PROTOCOL already/],
  ['comments', '{ // mine\n}', /not plain JSON/],
])('settings with %s are left as they are', (_, text, problem) => {
  const here = place(text)
  expect(() => here.write()).toThrow(problem)
  expect([here.read(), here.notes]).toEqual([text, []])
})

const withoutOthers = ['--no-plugin', '--no-statusline', '--no-service']

it('with --telemetry Claude Code sends to the hub as this machine, and --undo restores its settings', async () => {
  const { url, client, run } = await openHubFixture()
  const { code = '' } = await client.createInvite()
  const home = tempFolder()
  const settings = path.join(home, 'settings.json')
  fs.writeFileSync(settings, '{"model": "opus"}')
  const env = { CLAUDE_CONFIG_DIR: home, XDG_CONFIG_HOME: path.join(home, 'config'), MACHINE_ID: "Zoë's box" }
  expect(await run(['connect', url, code, '--telemetry', ...withoutOthers], env)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Claude Code sends its telemetry to the hub'),
  })
  const { env: written } = JSON.parse(fs.readFileSync(settings, 'utf8')) as { env: Record<string, string> }
  expect(written.OTEL_EXPORTER_OTLP_ENDPOINT).toBe(url)
  expect(written.OTEL_EXPORTER_OTLP_HEADERS).toMatch(/^Authorization=Bearer sbx_[\w-]+,x-signalbox-machine=Zo%C3%AB's%20box$/)
  const headers = new Headers(written.OTEL_EXPORTER_OTLP_HEADERS!.split(',').map((one) => one.split('=') as [string, string]))
  headers.set('content-type', 'application/json')
  const session = randomUUID()
  const logs = someLogs([someRecord(session, Date.now(), 'user_prompt', { 'prompt.id': 'p1' })])
  const answer = await fetch(`${url}/v1/logs`, { method: 'POST', headers, body: JSON.stringify(logs) })
  expect([answer.status, (await client.getSession(session)).machine_id]).toEqual([200, "Zoë's box"])
  expect(await run(['connect', '--undo'], env)).toMatchObject({ code: 0 })
  expect(fs.readFileSync(settings, 'utf8')).toBe('{"model": "opus"}')
})

it('a dry run says what it would set, and leaves the code unused', async () => {
  const { url, client, run } = await openHubFixture()
  const { code = '' } = await client.createInvite()
  const { stdout } = await run(['connect', url, code, '--telemetry', '--dry-run', ...withoutOthers])
  expect(stdout).toContain('would set CLAUDE_CODE_ENABLE_TELEMETRY')
})

it.each([
  [404, undefined, 'does not take telemetry'],
  [403, /lacks the scope ingest/, undefined],
  [503, /refuses telemetry \(503\)/, undefined],
])('nothing is written when the hub answers %i', async (status, problem, said) => {
  const hub = http.createServer((_, response) => void response.writeHead(status).end()).listen(0, '127.0.0.1')
  await once(hub, 'listening')
  onTestFinished(() => void hub.close())
  const settings = path.join(tempFolder(), 'settings.json')
  const lines: string[] = []
  const context = {
    url: `http://127.0.0.1:${(hub.address() as AddressInfo).port}`,
    say: (_: string, text: string) => void lines.push(text),
    dryRun: false,
    settings: [settings],
    configFolder: tempFolder(),
    note: () => undefined,
    noted: () => undefined,
  }
  const done = connectTelemetry(context, 'sbx_secret', 'laptop')
  if (problem === undefined) await done
  else await expect(done).rejects.toThrow(problem)
  expect([lines, fs.existsSync(settings)]).toEqual([said === undefined ? [] : [expect.stringContaining(said)], false])
})
