// The plugin's MCP server. Claude Code starts one for each session, with -p too, and its stdin ends with the process of the
// session, however that dies: the witness reports the death, and delivers what the hooks have spooled.
import fs from 'node:fs'
import path from 'node:path'
import type { SessionObservation } from '@signalbox/contract/session-observation'
import { useOutgoingProxy } from '@signalbox/hub-address/outgoing-proxy'
import { processExists, readProcessStart } from '@signalbox/hub-address/process-start'
import { redactsProjects } from '@signalbox/hub-address/redaction'
import { type ClientSession, readClientSession } from './client-session.ts'
import { dataFolderPath, openDataFolder, replaceFile } from './data-folder.ts'
import { Delivery } from './delivery.ts'
import { serveMcp } from './mcp-stdio.ts'
import { projectId } from './observe-hook.ts'
import { toolList } from './tool-list.ts'
import { VERSION } from './version.ts'

// The spool and what is kept beside it are for their user alone.
process.umask(0o077)

const ALIVE_MS = 15_000
/** A new session is announced soon after its first hook. */
const FIRST_ALIVE_MS = 1_000
const WATCH_PARENT_MS = 1_000
/** The files of a process are closed a moment before the system reports its end. */
const DEATH_CHECKS = 20
const DEATH_CHECK_MS = 50
/** The last hook may still be at work when its session dies. */
const LAST_HOOK_MS = 300
const LONGEST_OUTAGE_MS = 3_600_000
/** The file of a session that is older than this process by more was written for another process with the same id. */
const SAME_PROCESS_MS = 60_000

// An error here must not show in the session.
process.on('uncaughtException', () => process.exit(0))
// A terminal that closes sends SIGHUP to the session too, and its death is to be reported.
process.on('SIGHUP', () => {})

await useOutgoingProxy(process.env)
const folder = openDataFolder(dataFolderPath(process.env))
const delivery = new Delivery({ folder, env: process.env })
const startedAt = Date.now()
const clientPid = process.ppid
const clientStart = process.platform === 'linux' ? readProcessStart(clientPid) : undefined
let clientVersion: string | undefined
/** Claude Code has asked for something. */
let used = false
/** The session was reported alive. */
let announced = false
/** The client may have ended, and this process is about to. */
let closing = false

/** Whether the process of the session has ended. A child gets another parent at that moment, but not on Windows. */
function isClientGone(): boolean {
  if (process.platform !== 'win32' && process.ppid !== clientPid) return true
  if (!processExists(clientPid)) return true
  return clientStart !== undefined && readProcessStart(clientPid) !== clientStart
}

/** The session to speak about; none before its first hook or request, because some clients start a server only to look at it. */
function currentSession(): ClientSession | undefined {
  const known = readClientSession(folder, clientPid)
  if (known !== undefined && known.at >= startedAt - SAME_PROCESS_MS) return known
  const session_id = process.env.CLAUDE_CODE_SESSION_ID
  if (!used || session_id === undefined) return undefined
  return {
    session_id,
    project_id: redactsProjects(process.env) ? undefined : projectId(process.env.CLAUDE_PROJECT_DIR),
    ended: false,
    at: startedAt,
  }
}

function observation(session: ClientSession, what: string, now: number): SessionObservation {
  return {
    observation_id: `witness:${session.session_id}:${clientPid}:${startedAt}:${what}`,
    session_id: session.session_id,
    source: 'witness',
    at: new Date(now).toISOString(),
    ...(session.project_id === undefined ? {} : { project_id: session.project_id }),
  }
}

function reportAlive(): void {
  const session = currentSession()
  if (session === undefined || session.ended || closing) return
  const now = Date.now()
  const alive: SessionObservation = {
    ...observation(session, `alive:${now}`, now),
    alive: true,
    fields: { pid: clientPid, ...(clientVersion === undefined ? {} : { version: clientVersion }) },
  }
  replaceFile(path.join(folder.alive, `${session.session_id}.json`), JSON.stringify(alive))
  announced = true
}

function reportDeath(): void {
  const session = currentSession()
  if (session === undefined || session.ended) return
  const now = Date.now()
  const end: SessionObservation = { ...observation(session, 'end', now), end: { outcome: 'failed', reason: 'process ended' } }
  fs.rmSync(path.join(folder.alive, `${session.session_id}.json`), { force: true })
  replaceFile(path.join(folder.spool, `${process.pid}.observation`), JSON.stringify(end))
}

function exit(): never {
  delivery.stop()
  process.exit(0)
}

async function clientMayBeGone(): Promise<void> {
  if (closing) return
  closing = true
  for (let check = 0; !isClientGone(); check++) {
    // Claude Code lives and has only stopped this server: that says nothing about the session.
    if (check === DEATH_CHECKS) exit()
    await sleep(DEATH_CHECK_MS)
  }
  // A SessionEnd that is in the spool makes the end a proper one.
  delivery.wake()
  await sleep(LAST_HOOK_MS)
  try {
    reportDeath()
  } catch {
    // The folder is gone or the disk is full.
  }
  delivery.wake()
  setInterval(() => {
    const { idleSince, failingSince, leads } = delivery
    if (failingSince !== undefined && Date.now() - failingSince > LONGEST_OUTAGE_MS) exit()
    if (idleSince !== undefined || (!leads && failingSince === undefined)) exit()
  }, 200)
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

// At a normal end Claude Code stops its servers first, and the hook SessionEnd runs after that.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => (closing ? undefined : exit()))

serveMcp({
  input: process.stdin,
  output: process.stdout,
  version: VERSION,
  tools: {
    list: () => toolList,
    call: async (params) => {
      const file = new URL('./tools.mjs', import.meta.url).href
      const { answerToolRequest } = (await import(file)) as typeof import('./tools.ts')
      return await answerToolRequest('tools/call', params, { env: process.env, sessionId: currentSession()?.session_id })
    },
  },
  onClient: ({ name, version }) => {
    if (name === 'claude-code' && version !== '') clientVersion = version.slice(0, 50)
  },
  onUse: () => {
    used = true
  },
  onEnd: () => void clientMayBeGone(),
})
setTimeout(() => delivery.start(), 0)
setInterval(() => {
  if (isClientGone()) void clientMayBeGone()
}, WATCH_PARENT_MS)
setInterval(() => safely(reportAlive), ALIVE_MS)
const first = setInterval(() => {
  if (announced) clearInterval(first)
  else safely(reportAlive)
}, FIRST_ALIVE_MS)

function safely(act: () => void): void {
  try {
    act()
  } catch {
    // A full disk: the next one may be written.
  }
}
