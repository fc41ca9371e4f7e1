import fs from 'node:fs'
import path from 'node:path'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { masterKey } from '../../../apps/hub/test/open-hub.ts'
import { startNode } from '../../../test/support/child.ts'
import { repositoryRoot } from '../../../test/support/repository.ts'
import { makeTempFolder, removeFolder } from '../../../test/support/temp.ts'
import { openTools } from '../test/open-tools.ts'
import { tools } from './tool-list.ts'

const program = path.join(repositoryRoot, 'packages/tools/test/stdio-program.ts')
const withoutNewerNode = path.join(repositoryRoot, 'packages/tools/test/without-newer-node.mjs')
const folder = makeTempFolder()
const bundle = path.join(folder, 'stdio.mjs')
/** Larger than this the plugin would be slow to install and to start. */
const MAX_BUNDLE_BYTES = 1_500_000

beforeAll(async () => {
  await build({ entryPoints: [program], outfile: bundle, bundle: true, platform: 'node', format: 'esm', target: 'node18', minify: true })
})

afterAll(() => removeFolder(folder))

async function connect(options: { url: string; sessionId?: string; mode?: 'legacy' | 'auto' }): Promise<Client> {
  const { url, sessionId, mode = 'legacy' } = options
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: ['--import', withoutNewerNode, bundle],
    env: { SIGNALBOX_URL: url, SIGNALBOX_API_KEY: masterKey, ...(sessionId === undefined ? {} : { CLAUDE_CODE_SESSION_ID: sessionId }) },
  })
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } })
  await client.connect(transport)
  onTestFinished(() => client.close())
  return client
}

const addressOf = (app: { server: { address(): unknown } }) => `http://127.0.0.1:${(app.server.address() as { port: number }).port}`

describe('the MCP server over stdio, in one bundled file and without what came after Node 18', () => {
  it.each(['legacy', 'auto'] as const)('serves the official client, negotiating %s', async (mode) => {
    const { hub, fleet } = await openTools()
    const { session_id } = await fleet.session({ project_id: 'web' })
    const client = await connect({ url: addressOf(hub.app), sessionId: session_id, mode })
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(tools.map(({ name }) => name))
    const reported = await client.callTool({ name: 'report_progress', arguments: { progress: 'half done', percent: 50 } })
    expect(reported).toMatchObject({ isError: false, structuredContent: { session_id, status: 'active' } })
    expect((await fleet.read(session_id)).metadata).toEqual({ progress: 'half done', progress_percent: 50 })
    const listed = await client.callTool({ name: 'sessions_list', arguments: { order: 'oldest' } })
    expect(listed.structuredContent).toMatchObject({ total: 1, summary: expect.stringContaining('says: half done') })
    await client.callTool({ name: 'usage_report', arguments: { range: 'last_7d', group: 'project' } })
  })

  it('answers while the hub is away, and says that it is', async () => {
    const client = await connect({ url: 'http://127.0.0.1:9' })
    expect((await client.listTools()).tools).toHaveLength(tools.length)
    const { isError, content } = await client.callTool({ name: 'limits_now', arguments: {} })
    expect([isError, content]).toEqual([
      true,
      [{ type: 'text', text: expect.stringMatching(/^No connection to http:\/\/127\.0\.0\.1:9: /) }],
    ])
  })

  it('refuses a tool that is not there, by name', async () => {
    const client = await connect({ url: 'http://127.0.0.1:9' })
    await expect(client.callTool({ name: 'drop_tables', arguments: {} })).rejects.toThrow(
      'There is no tool drop_tables. Tools: limits_now,',
    )
  })

  it('ends by itself when its client has gone, and writes nothing but messages', async () => {
    const input = `${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' })}\nno JSON\n`
    const child = startNode([bundle], { input, env: { SIGNALBOX_URL: 'http://127.0.0.1:9' } })
    const { code, stdout } = await child.finished
    expect(code).toBe(0)
    for (const line of stdout.trim().split('\n').filter(Boolean)) expect(JSON.parse(line)).toMatchObject({ jsonrpc: '2.0' })
  })

  it('is small', () => {
    expect(fs.statSync(bundle).size).toBeLessThan(MAX_BUNDLE_BYTES)
  })
})
