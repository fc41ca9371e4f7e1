import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { fleetOf } from '../../apps/hub/test/fleet.ts'
import { masterKey, openHub } from '../../apps/hub/test/open-hub.ts'
import { script, text, tool } from '../support/messages-api.ts'
import { repositoryRoot } from '../support/repository.ts'
import { claudeCode, newest, old } from './client.ts'
import { type ClientHome, clientHome } from './client-home.ts'

// The MCP server, called by the real Claude Code: at the hub's address and as a process of its own.

const SESSION = '5f0c3b1a-0000-4000-8000-00000000c0de'

async function openFleet() {
  const hub = await openHub({ env: { LOG_LEVEL: 'silent' } })
  const url = await hub.app.listen({ port: 0, host: '127.0.0.1' })
  const fleet = fleetOf(hub)
  await fleet.machine('rack-1', [1, 2])
  await fleet.session({ session_id: SESSION, project_id: 'web', machine_id: 'rack-1', docker_slot: 2 })
  return { url, fleet }
}

const servers = {
  http: (url: string) => ({ type: 'http', url: `${url}/mcp`, headers: { Authorization: `Bearer ${masterKey}` } }),
  stdio: (url: string) => ({
    command: process.execPath,
    args: [path.join(repositoryRoot, 'packages/tools/test/stdio-program.ts')],
    env: { SIGNALBOX_URL: url, SIGNALBOX_API_KEY: masterKey },
  }),
}

/** Runs `claude -p` with the server configured. @returns what it printed, and the results of its tools as its model received them */
async function runWith(home: ClientHome, client: { version: string; program: string }, server: object, prompt: string) {
  const cwd = await home.project()
  const config = path.join(home.folder, 'mcp.json')
  fs.writeFileSync(config, JSON.stringify({ mcpServers: { signalbox: server } }))
  const args = ['-p', prompt, '--mcp-config', config, '--session-id', SESSION, '--allowedTools', 'mcp__signalbox']
  const { stdout, stderr } = await home.print(client, cwd, args).finished
  return { stdout, stderr, results: readToolResults(home) }
}

interface Row {
  readonly message?: { readonly content?: string | readonly { type: string; content?: unknown; is_error?: boolean }[] }
}

function readToolResults({ config }: ClientHome): { content: string; isError: boolean }[] {
  const folder = path.join(config, 'projects')
  const files = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.jsonl'))
  const rows = files.flatMap((file) => fs.readFileSync(path.join(folder, file), 'utf8').split('\n').filter(Boolean))
  return rows.flatMap((row) => {
    const content = (JSON.parse(row) as Row).message?.content
    if (!Array.isArray(content)) return []
    return content.flatMap((block) =>
      block.type === 'tool_result'
        ? [{ content: typeof block.content === 'string' ? block.content : JSON.stringify(block.content), isError: block.is_error ?? false }]
        : [],
    )
  })
}

describe.for([newest, old])('Claude Code %s', (version) => {
  test.for(['http', 'stdio'] as const)('calls the tools over %s, and its model reads the answers', async (transport, { skip }) => {
    const client = await claudeCode(version, skip)
    const { url, fleet } = await openFleet()
    // Without it the model has to search for a tool before it may call it.
    const home = await clientHome({ env: { ENABLE_TOOL_SEARCH: 'false' } })
    const session = transport === 'http' ? { session_id: SESSION } : {}
    const { stdout, results } = await runWith(
      home,
      client,
      servers[transport](url),
      script(
        tool('mcp__signalbox__machines_list', { state: 'free' }),
        tool('mcp__signalbox__report_progress', { progress: '3 of 7 tests fixed', percent: 43, ...session }),
        tool('mcp__signalbox__task_create', { task_name: 'Fix the last test', start: true, ...session }),
        tool('mcp__signalbox__sessions_list', { state: 'asleep' }),
        text('It is done.'),
      ),
    )
    expect(stdout).toBe('It is done.\n')
    expect(results.map(({ isError }) => isError)).toEqual([false, false, false, true])
    expect(JSON.parse(results[0]!.content)).toMatchObject({
      summary: expect.stringContaining('1 of 2 slots free (1)'),
      machines: [{ machine_id: 'rack-1', free_slots: [1] }],
    })
    expect(results[3]!.content).toContain('sessions_list: state')
    const shown = await fleet.read(SESSION)
    expect(shown).toMatchObject({ activity: 'working', metadata: { progress: '3 of 7 tests fixed', progress_percent: 43 } })
    expect(await fleet.readTask(shown.current_task_id!)).toMatchObject({ task_name: 'Fix the last test', status: 'in_progress' })
  })
})

test('a model that has to search for its tools finds them', async ({ skip }) => {
  const client = await claudeCode(newest, skip)
  const { url } = await openFleet()
  const home = await clientHome({ env: { ENABLE_TOOL_SEARCH: 'true' } })
  const { stdout, results } = await runWith(
    home,
    client,
    servers.http(url),
    script(
      tool('ToolSearch', { query: 'free slots on machines', max_results: 3 }),
      tool('mcp__signalbox__machines_list', {}),
      text('It is done.'),
    ),
  )
  expect(stdout).toBe('It is done.\n')
  expect(results[0]!.content).toContain('mcp__signalbox__machines_list')
  expect(results.at(-1)!.content).toContain('rack-1: online')
})

test('a model with a key that only reads is offered no tool that writes', async ({ skip }) => {
  const client = await claudeCode(newest, skip)
  const hub = await openHub({ env: { LOG_LEVEL: 'silent' } })
  const url = await hub.app.listen({ port: 0, host: '127.0.0.1' })
  const { key } = (await hub.ask('POST', '/api/keys', { payload: { name: 'reader', scopes: ['read'] } })).json()
  const home = await clientHome({ env: { ENABLE_TOOL_SEARCH: 'false' } })
  const server = { type: 'http', url: `${url}/mcp`, headers: { Authorization: `Bearer ${key}` } }
  const { stdout, results } = await runWith(
    home,
    client,
    server,
    script(
      tool('mcp__signalbox__machines_list', {}),
      tool('mcp__signalbox__task_create', { task_name: 't', session_id: SESSION }),
      text('done'),
    ),
  )
  expect(results).toMatchObject([{ isError: false, content: expect.stringContaining('No machine matches.') }])
  // It is not even offered the other.
  expect(stdout).toContain('mcp__signalbox__task_create')
})
