// `npm run prove:vscode -- [--screenshots FOLDER]`: the extension in a real VS Code (code-server) in a browser, with a real hub and
// the demo's fleet. It prints what holds and what it costs, and ends with 1 where something does not hold.
import fs from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { randomFrom } from '@signalbox/usage/random'
import type { Browser } from 'playwright-core'
import { rolldown } from 'rolldown'
import { startFleet } from '../../apps/cli/src/demo/fleet.ts'
import { DemoClient } from '../../apps/cli/src/demo/questions.ts'
import type { SampleQuestion } from '../../apps/cli/src/demo/sample-questions.ts'
import { setupCodeServer } from '../../scripts/setup/code-server.mjs'
import { setupNode18 } from '../../scripts/setup/node-18.mjs'
import { packageExtension } from '../../scripts/vscode/package.mjs'
import { launch, startHub, type TestHub } from '../browser/harness.ts'
import { start } from '../support/child.ts'
import { freePort } from '../support/free-port.ts'
import { cpuMsOf, memoryOf } from '../support/process-usage.ts'
import { makeTempFolder, removeFolder } from '../support/temp.ts'
import { Editor, type EditorOptions } from './editor.ts'

const { values } = parseArgs({ options: { screenshots: { type: 'string' } } })
const MASTER_KEY = 'prove-vscode-master'
const IDLE_MS = 20_000
const HOLD_TIMEOUT_MS = 120_000

const problems: string[] = []
const folder = makeTempFolder()
const stopping = new AbortController()
let hub: TestHub | undefined
let browser: Browser | undefined
let editor: Editor | undefined

/** Waits for what has to become true, and says whether it did. */
async function holds(what: string, check: () => Promise<boolean> | boolean, timeout = HOLD_TIMEOUT_MS): Promise<void> {
  const started = Date.now()
  let error = ''
  do {
    try {
      if (await check()) return console.log(`holds: ${what} (${Date.now() - started} ms)`)
      error = ''
    } catch (problem) {
      error = `: ${(problem as Error).message.split('\n')[0]}`
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  } while (Date.now() - started < timeout)
  problems.push(what)
  console.log(`DOES NOT HOLD: ${what}${error}`)
  await editor?.page.screenshot({ path: path.join(values.screenshots ?? folder, `problem-${problems.length}.png`) })
}

async function screenshot(name: string): Promise<void> {
  if (values.screenshots !== undefined) await editor?.page.screenshot({ path: path.join(values.screenshots, `${name}.png`) })
}

async function prove(): Promise<void> {
  const program = await setupCodeServer()
  const { vsix } = await packageExtension()
  console.log(`the package has ${Math.round(vsix.length / 1000)} kB`)
  if (vsix.length > 500_000) problems.push('the package is larger than 500 kB')
  const file = path.join(folder, 'signalbox.vsix')
  fs.writeFileSync(file, vsix)
  const shop = path.join(folder, 'shop')
  fs.mkdirSync(shop)
  if (values.screenshots !== undefined) fs.mkdirSync(values.screenshots, { recursive: true })

  const port = await freePort()
  const dataDir = path.join(folder, 'hub')
  // It does in a minute what people do in an hour, and waits for rows that are read as often as a key may.
  const startAgain = () =>
    startHub({ dataDir, port, env: { API_KEYS: MASTER_KEY, NODE_ENV: 'production', RATE_LIMIT_PER_MINUTE: '100000' } })
  hub = await startAgain()
  const { url } = hub
  const client = new DemoClient({ baseUrl: url, apiKey: MASTER_KEY })
  await startFleet({ client, random: randomFrom(1), signal: stopping.signal })
  const snapshot = () => ({
    lastUpdated: new Date().toISOString(),
    source: 'console' as const,
    currentSession: { percentageUsed: 47, resetsAt: new Date(Date.now() + 9_720_000).toISOString() },
    weeklyLimits: { allModels: { percentageUsed: 31, resetsAt: new Date(Date.now() + 200_000_000).toISOString() } },
  })
  await client.createLimitSnapshot(snapshot())
  const { key, key_id } = await client.createKey({ name: 'editor', scopes: ['read', 'write', 'answer'] })
  const invite = await client.createInvite({ any_machine: true, scopes: ['ingest', 'read', 'write'] })
  if (key === undefined || invite.code === undefined) throw new Error('The hub made no key')
  await followWithNode18(url, key, client)

  browser = await launch({ whole: true })
  const options = { program, home: path.join(folder, 'home'), folder: shop, vsix: file, theme: 'dark' } as const
  // No hub is where this says: a hub of the person who runs this is not to be found.
  const env = { DATA_DIR: path.join(folder, 'none'), SIGNALBOX_URL: 'http://127.0.0.1:9', SIGNALBOX_API_KEY: '' }
  editor = await Editor.open(browser, { ...options, env })
  const { page, status, toasts } = editor
  const attention = editor.rows('Attention')
  const machines = editor.rows('Machines')
  const own = (view: typeof attention) => view.filter({ hasText: 'shop' }).first()
  const textOf = async (view: typeof attention) => await own(view).innerText({ timeout: 1_000 })

  const notifies = async (...words: string[]) => (await toasts.allTextContents()).some((text) => words.every((word) => text.includes(word)))

  console.log(`the extension host is a remote one, as over SSH: process ${editor.hostPid} of the server of VS Code`)
  await holds('a hub that is away is a quiet icon', async () => (await editor!.statusIcon()).includes('debug-disconnect'))
  await holds('and no notification', async () => (await toasts.count()) === 0)

  await editor.command('Signalbox: Connect to a Hub')
  await editor.enter(`npx signalbox connect ${url} ${invite.code}`)
  await holds('the pasted line of an invite connects it', async () => (await editor!.statusIcon()).includes('pulse'))
  await editor.command('Signalbox: Connect to a Hub')
  await editor.enter(`${url} ${key}`)
  await holds('after a pasted line the status bar has both limits and the time to the reset', async () =>
    /47% · 31% week · 2 h \d+ min/.test(await status.innerText({ timeout: 1_000 })),
  )
  await status.click()
  await page.keyboard.press('Escape')
  await holds('a click opens the panel, with what needs attention', async () => (await attention.count()) > 2)
  const card = await editor.webview('5-hour limit')
  await holds('the Claude card is there', async () => (await card.locator('.limits-rows').innerText()).includes('47%'))

  const { session_id } = await client.createSession({ project_id: shop, machine_id: 'ada-laptop' })
  await holds('a session of this workspace is in the tree, and no other', async () => {
    const all = await machines.allInnerTexts()
    return all.length === 2 && all.some((text) => text.includes('shop'))
  })
  const { task_id } = await client.createTask({ session_id, task_name: 'Write the tests' })
  await client.startTask(task_id)
  await own(machines).locator('.monaco-tl-twistie').click()
  await holds('its tasks are below it', async () =>
    (await machines.allInnerTexts()).some((text) => /Write the tests[\s\S]*In progress/.test(text)),
  )

  const waits = await client.updateSession(session_id, { activity: 'waiting', waiting_for: 'permission' })
  const answered = client.ask(waits, question, HOLD_TIMEOUT_MS, stopping.signal)
  await holds('a notification has what it asks', () => notifies('Allow Bash? npm test', 'Answer', 'Open'))
  await holds('of which nothing is a link that runs a command', async () => (await toasts.locator('a[href^="command:"]').count()) === 0)
  await screenshot('asks')
  await toasts.getByRole('button', { name: 'Answer', exact: true }).first().click()
  await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Allow' }).first().waitFor()
  await screenshot('answer')
  await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Always Allow' }).first().click()
  const answer = await answered
  await holds('the answer from the notification reaches the session', () => answer?.decision === 'allow_always')
  await client.updateSession(session_id, { activity: 'working' })
  await holds('which goes on', async () => /Working/.test(await textOf(machines)))

  await client.updateSession(session_id, { activity: 'waiting', waiting_for: 'permission' })
  await holds('when it waits it is the first row of Attention', async () =>
    /shop[\s\S]*Waiting for permission/.test(await attention.first().innerText({ timeout: 1_000 })),
  )
  await holds('and a notification says so, with what can be done', () => notifies('shop: Waiting for permission', 'Open', 'Mark as Paused'))
  await screenshot('waiting')
  await toasts.getByRole('button', { name: 'Mark as Paused' }).first().click()
  await holds('whose button pauses it', async () => (await client.getSession(session_id)).status === 'paused')
  await client.updateSession(session_id, { status: 'active', activity: 'working' })
  await proveAlerts(editor, client, session_id, task_id)
  await client.markSessionFailed(session_id, { reason: 'out of memory' })
  await holds('when it fails the row says so', async () => /Failed/.test(await textOf(attention)))
  await holds('and a notification offers its recovery', () => notifies('shop: Failed: out of memory', 'Recover', 'Open'))
  await own(attention).click()
  const session = await editor.webview('out of memory')
  await holds('a click opens its page, with the reason', async () => (await session.locator('h1').innerText()).includes('shop'))
  await screenshot('failed')
  await own(attention).hover()
  await own(attention).getByRole('button', { name: 'Recover Session' }).click()
  await holds('it is recovered from the tree', async () => (await client.getSession(session_id)).status === 'active')
  await holds('and its page follows', async () => (await session.locator('.session-now').innerText()).includes('Active'))

  await editor.command('Signalbox: Show All Projects')
  await holds('the filter shows every machine', async () => (await machines.allInnerTexts()).some((text) => text.includes('build-mac')))

  const before = await toasts.count()
  await hub.stop()
  await holds('a hub that goes is a quiet icon', async () => (await editor!.statusIcon()).includes('debug-disconnect'))
  await holds('and no notification, and what was known stays', async () => (await toasts.count()) <= before && (await machines.count()) > 2)
  hub = await startAgain()
  await holds('and it comes back by itself', async () => (await editor!.statusIcon()).includes('pulse'))

  await proveWindows(editor, client)

  await client.revokeKey(key_id)
  await holds('a key that is revoked is said within 5 s', async () => (await editor!.statusIcon()).includes('key'), 5_000)
  await screenshot('revoked')
  const next = await client.createKey({ name: 'editor again', scopes: ['read', 'write', 'answer'] })
  await status.click()
  await editor.enter(next.key!)
  await holds('and another one is taken', async () => (await editor!.statusIcon()).includes('pulse'))
  await measure(editor, { ...options, home: path.join(folder, 'alone'), vsix: undefined }, client)

  await editor.close()
  editor = await Editor.open(browser, {
    ...options,
    theme: 'light',
    env: { ...env, SIGNALBOX_URL: url, SIGNALBOX_API_KEY: next.key! },
    settings: { 'stateTracking.registerSession': true },
  })
  await holds('a window finds its hub as every command does', async () => (await editor!.statusIcon()).includes('pulse'))
  await holds('and is a session itself, where the settings say so', async () =>
    (await client.listSessions({ project_id: shop, status: ['active'] })).some(({ metadata }) => metadata.editor !== undefined),
  )
  await editor.status.click()
  await editor.webview('5-hour limit')
  await editor.rows('Attention').first().click()
  await editor.webview(/HEALTH|Health/)
  await screenshot('light')
  await printActivation(editor)
  await editor.close()
  editor = undefined
  await holds('which ends with the window', async () =>
    (await client.listSessions({ project_id: shop, status: ['active'] })).every(({ metadata }) => metadata.editor === undefined),
  )
}

const question: SampleQuestion = {
  kind: 'permission',
  content: {
    tool: 'Bash',
    // In a notification the editor makes a link of such text, which runs the command.
    details: [{ name: 'command', text: 'npm test # [Deny](command:workbench.action.closeSidebar)' }],
    suggestions: ['npm test:*, in this project'],
    choices: [],
  },
}

/** An alert about a session of the workspace: from its notification, and from the tree. */
async function proveAlerts(opened: Editor, client: DemoClient, session_id: string, task_id: string): Promise<void> {
  const { page, toasts } = opened
  const attention = opened.rows('Attention')
  const row = attention.filter({ hasText: 'Write the tests' }).first()
  const alertNow = async () =>
    (await client.listAlerts({ session_id, state: ['open', 'clearing'] })).find(({ kind }) => kind === 'task_failed')
  const click = async (name: string) => {
    await row.hover()
    await row.getByRole('button', { name }).click()
  }
  await client.failTask(task_id, { error_message: 'no space left on device' })
  await holds('an alert about the workspace is a notification, with its actions', async () =>
    (await toasts.allTextContents()).some((text) => ['Write the tests', 'Acknowledge', 'Snooze'].every((word) => text.includes(word))),
  )
  await holds('and a row of Attention', async () => /Open/.test(await row.innerText({ timeout: 1_000 })))
  await screenshot('alert')
  await toasts.getByRole('button', { name: 'Acknowledge' }).first().click()
  await holds('it is acknowledged from the notification', async () => (await alertNow())?.acknowledged !== undefined)
  await holds('and the row says so', async () => /Acknowledged/.test(await row.innerText({ timeout: 1_000 })))
  await toasts.getByRole('button', { name: 'Undo' }).first().click()
  await holds('which can be undone', async () => (await alertNow())?.acknowledged === undefined)
  await holds('the row offers it again', async () => /Open/.test(await row.innerText({ timeout: 1_000 })))
  await click('Snooze Alert')
  await page.locator('.quick-input-list .monaco-list-row', { hasText: '1 hour' }).first().click()
  await holds('it is snoozed from the tree', async () => (await alertNow())?.snoozed !== undefined)
  await holds('and the row says for how long', async () => /Snoozed for another/.test(await row.innerText({ timeout: 1_000 })))
  await screenshot('snoozed')
  await click('End Snooze')
  await holds('and the snooze ends', async () => (await alertNow())?.snoozed === undefined)
}

/** Another window of the same editor, on a workspace of two folders: each window notifies of its own, over a stream of its own. */
async function proveWindows(first: Editor, client: DemoClient): Promise<void> {
  const [blog, docs] = [path.join(folder, 'blog'), path.join(folder, 'docs')]
  fs.mkdirSync(path.join(docs, '.vscode'), { recursive: true })
  fs.mkdirSync(blog)
  fs.writeFileSync(path.join(docs, '.vscode/settings.json'), JSON.stringify({ 'stateTracking.projectId': 'handbook' }))
  const workspace = path.join(folder, 'writing.code-workspace')
  fs.writeFileSync(workspace, JSON.stringify({ folders: [{ path: blog }, { path: docs }] }))
  const listeners = async () => Number(/^signalbox_event_listeners (\d+)$/m.exec(await client.getMetrics())?.[1])
  await first.page.keyboard.press('Escape')
  // The hub was away: its window and the two pages in it come one by one.
  await holds('a window has one stream, and one for each page that is open in it', async () => (await listeners()) === 3)
  const before = 3
  const second = await first.openWindow({ workspace })
  await holds('a second window is connected by the key that was entered in the first', async () =>
    (await second.statusIcon()).includes('pulse'),
  )
  await holds('with one stream more', async () => (await listeners()) === before + 1)
  await second.status.click()
  const sessions = await Promise.all(
    [blog, 'handbook', 'other'].map((project_id) => client.createSession({ project_id, machine_id: 'ada-laptop' })),
  )
  await holds('it shows the sessions of both of its folders, one by the id of its settings, and no other', async () => {
    const all = (await second.rows('Machines').allInnerTexts()).join(' ')
    return all.includes('blog') && all.includes('handbook') && !all.includes('other')
  })
  const ofFirst = await first.toasts.count()
  await client.updateSession(sessions[1]!.session_id, { activity: 'waiting', waiting_for: 'input' })
  await holds('it notifies of its own session', async () =>
    (await second.toasts.allTextContents()).some((text) => text.includes('handbook: Waiting for input')),
  )
  await holds('once', async () => (await second.toasts.filter({ hasText: 'handbook' }).count()) === 1)
  await holds('and the other window does not', async () => (await first.toasts.count()) <= ofFirst)
  await second.page.mouse.move(640, 300)
  if (values.screenshots !== undefined) await second.page.screenshot({ path: path.join(values.screenshots, 'folders.png') })
  await second.close()
  for (const { session_id, attempt } of sessions) await client.endSession(session_id, { attempt })
  await holds('its stream ends with it', async () => (await listeners()) === before)
}

/** What the extension is without the editor, in the Node of the oldest editor that it runs in. */
async function followWithNode18(url: string, key: string, client: DemoClient): Promise<void> {
  const node = await setupNode18().catch((error: unknown) => void console.log(`skipped: Node 18: ${(error as Error).message}`))
  if (node === undefined) return
  const program = path.join(folder, 'follow.mjs')
  const build = await rolldown({
    input: path.join(import.meta.dirname, 'follow.ts'),
    platform: 'node',
    transform: { target: 'node18' },
    logLevel: 'silent',
  })
  const { output } = await build.generate({ format: 'esm', codeSplitting: false })
  await build.close()
  fs.writeFileSync(program, output[0].code)
  const child = start(node, [program], { env: { DATA_DIR: path.join(folder, 'none'), SIGNALBOX_URL: url, SIGNALBOX_API_KEY: key } })
  try {
    await holds('in Node 18 it follows the hub, with limits and sessions', () =>
      /"node":"v18\.[^\n]*"status":"live","sessions":\d{2}[^\n]*"used":true/.test(child.output()),
    )
    const own = async () => (await client.listSessions({ project_id: 'node-18', status: ['active'] }))[0]
    await holds('and is a session', async () => (await own()) !== undefined)
    await client.updateSession((await own())!.session_id, { activity: 'waiting', waiting_for: 'input' })
    await holds('and sees that it waits', () => /"attention":\[[^\]\n]*"node-18"/.test(child.output()))
    await child.stop('SIGTERM')
    await holds('which ends with it', async () => (await own()) === undefined)
  } finally {
    await child.stop()
  }
}

/** What the extension costs: beside the same editor without it, and by the samples in which its code was on the stack. */
async function measure(opened: Editor, without: EditorOptions, client: DemoClient): Promise<void> {
  const alone = await Editor.open(browser!, without)
  await alone.page.locator('.statusbar-item').first().waitFor()
  await settle(alone.hostPid)
  await opened.page.bringToFront()
  const costs = async (when: string, limit: number) => {
    const before = [opened, alone].map(({ hostPid }) => cpuMsOf(hostPid))
    await new Promise((resolve) => setTimeout(resolve, IDLE_MS))
    const [withIt, withoutIt] = [opened, alone].map(({ hostPid }, at) => cpuMsOf(hostPid) - before[at]!)
    const newest = await newestEvent(client)
    const { own, all, of } = await opened.inspect((inspector) => inspector.profile(IDLE_MS, /signalbox\.signalbox/))
    const rate = own / (IDLE_MS / 1000)
    console.log(
      `${when}: the extension host took ${withIt} ms of processor time in ${IDLE_MS / 1000} s, and without the extension ${withoutIt} ms; ` +
        `in the next ${IDLE_MS / 1000} s ${own.toFixed(1)} ms of ${all.toFixed(1)} ms were ours: ${rate.toFixed(2)} ms/s, with ${(await newestEvent(client)) - newest} events (${of})`,
    )
    if (rate >= limit) problems.push(`${when} it takes ${rate.toFixed(2)} ms of processor time a second`)
  }
  // Before any profile, which takes memory itself.
  const [heap = 0, heapAlone = 0] = [
    await opened.inspect((inspector) => inspector.memory()),
    await alone.inspect((inspector) => inspector.memory()),
  ]
  const taken = (heap - heapAlone) / 1e6
  console.log(
    `its memory: ${taken.toFixed(1)} MB (${(heap / 1e6).toFixed(1)} MB of live objects in the host, ${(heapAlone / 1e6).toFixed(1)} MB without it); ` +
      `resident ${Math.round(memoryOf(opened.hostPid) / 1e6)} MB and ${Math.round(memoryOf(alone.hostPid) / 1e6)} MB`,
  )
  if (taken >= 30) problems.push(`it takes ${taken.toFixed(1)} MB`)
  await costs('with a fleet that moves', Number.POSITIVE_INFINITY)
  stopping.abort()
  await quieten(client)
  await costs('with one that does not', 1)
  const session = await opened.page.context().newCDPSession(opened.page)
  await session.send('Emulation.setFocusEmulationEnabled', { enabled: false })
  await alone.page.bringToFront()
  const cover = await opened.page.context().newPage()
  await cover.bringToFront()
  const visibility = await opened.page.evaluate<string>('document.visibilityState')
  await costs(`in a window behind others, which the browser calls ${visibility}`, 1)
  await cover.close()
  await alone.close()
  // Last: the page of the editor about its start starts other extensions.
  await printActivation(opened)
}

/** Waits until what an editor does after its start is over: its other extensions start late, and are most of its memory. */
async function settle(hostPid: number): Promise<void> {
  for (let [checks, quiet] = [0, 0]; checks < 24 && quiet < 3; checks++) {
    const before = cpuMsOf(hostPid)
    await new Promise((resolve) => setTimeout(resolve, 10_000))
    quiet = cpuMsOf(hostPid) - before < 200 ? quiet + 1 : 0
  }
}

/** A fleet whose sessions are there and do nothing. */
async function quieten(client: DemoClient): Promise<void> {
  for (const { session_id, attempt } of await client.listSessions({ status: ['active'], limit: 100 }))
    await client.updateSession(session_id, { status: 'paused', attempt }).catch(() => {})
  let newest = -1
  for (let checks = 0; checks < 12; checks++) {
    const id = await newestEvent(client)
    if (id === newest) return
    newest = id
    await new Promise((resolve) => setTimeout(resolve, 15_000))
  }
}

async function newestEvent(client: DemoClient): Promise<number> {
  return (await client.listEvents({ limit: 1 }))[0]?.id ?? 0
}

/** The row of the extension in the editor's own table: loading its code, and activating it, in milliseconds. */
async function printActivation(opened: Editor): Promise<void> {
  const { page } = opened
  await opened.command('Developer: Startup Performance')
  const lines = page.locator('.editor-instance .view-lines').last()
  await lines.click()
  let row = ''
  for (let at = 0; at < 40 && row === ''; at++) {
    row = (await lines.innerText()).split('\n').find((line) => line.includes('signalbox')) ?? ''
    await page.keyboard.press('PageDown')
  }
  console.log(`activation, as the editor says: ${row.replace(/\s+/g, ' ')}`)
}

const started = process.cpuUsage()
try {
  await prove()
} catch (error) {
  problems.push((error as Error).stack ?? String(error))
  await editor?.page.screenshot({ path: path.join(values.screenshots ?? '.', 'error.png') }).catch(() => {})
} finally {
  stopping.abort()
  await editor?.close().catch(() => {})
  await browser?.close()
  await hub?.stop()
  removeFolder(folder)
}
console.log(`${problems.length === 0 ? 'Everything holds' : `${problems.length} did not hold:\n${problems.join('\n')}`}`)
console.log(`this process took ${Math.round(process.cpuUsage(started).user / 1000)} ms`)
process.exit(problems.length === 0 ? 0 : 1)
