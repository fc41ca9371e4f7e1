import fs from 'node:fs'
import { type SnapshotBody, snapshotSchema } from '@signalbox/contract/limit-snapshot'
import { expect, onTestFinished } from 'vitest'
import { signalbox } from '../../apps/cli/src/cli.suite.ts'
import { browserProcesses, endBrowser } from '../../apps/collector/src/limits/console/browser-processes.ts'
import { consolePaths } from '../../apps/collector/src/limits/console/console-paths.ts'
import { takeSnapshot } from '../../apps/collector/src/limits/console/take-snapshot.ts'
import { tempFolder } from '../support/temp.ts'
import type { UsageSite } from './usage-site.ts'

/** A machine with a browser profile; its browser is ended after the test. */
export function createMachine(site: UsageSite, { profile = true } = {}) {
  const folder = tempFolder()
  const paths = consolePaths(folder)
  if (profile) fs.mkdirSync(paths.profile, { recursive: true })
  onTestFinished(async () => void (await endBrowser(paths.profile)))
  const env = { DATA_DIR: folder, CLAUDE_CONSOLE_URL: site.url, MACHINE_ID: 'box', TZ: 'Europe/Berlin' }
  return { folder, paths, env, url: site.url }
}
export type Machine = ReturnType<typeof createMachine>

export interface OnceResult {
  readonly code: number | null
  readonly snapshot: SnapshotBody
  readonly error: { category: string; message: string; suggestion?: string; reason?: string } | undefined
  readonly stderr: string
  /** Duration that it logs. */
  readonly ms: number
}

/** Runs `signalbox web once --json`, and checks that no process of the browser is left. */
export async function runOnce({ folder, paths, env }: Machine, more: Record<string, string> = {}): Promise<OnceResult> {
  const { code, stdout, stderr } = await signalbox(folder, ['web', 'once', '--json', '--verbose'], { ...env, ...more })
  expect(await browserProcesses(paths.profile)).toEqual([])
  const body = JSON.parse(stdout) as SnapshotBody & { error?: OnceResult['error'] }
  const [, ms = '0'] = /(\d+) ms: (?:read|[A-Z_]+:)/.exec(stderr) ?? []
  return { code, snapshot: body, error: body.error, stderr, ms: Number(ms) }
}

/** Takes a snapshot in this process: the same browser on the same profile, without the start of a command. */
export async function takeSnapshotHere({ paths, env, url }: Machine, more: Record<string, string> = {}) {
  try {
    return await takeSnapshot({ paths, url, machineId: 'box', env: { ...process.env, ...env, ...more } })
  } finally {
    expect(await browserProcesses(paths.profile)).toEqual([])
  }
}

/** The windows of a snapshot, validated as the hub does. */
export function parseWindows(snapshot: SnapshotBody) {
  const { currentSession, weeklyLimits } = snapshotSchema.parse(snapshot)
  return { currentSession, ...weeklyLimits }
}

/** The next Thursday, 7:00 in Berlin, in UTC. */
export const thursday = expect.stringMatching(/T0[56]:00:00\.000Z$/)
/** The windows of `fullRows`. */
export const fullWindows = {
  currentSession: { resetsIn: '1 hr 12 min', percentageUsed: 63, resetsAt: expect.any(String) },
  allModels: { resetsIn: 'Thu 7:00 AM', percentageUsed: 22, resetsAt: thursday },
  opusOnly: { resetsIn: 'Thu 7:00 AM', percentageUsed: 5, resetsAt: thursday, label: 'Opus only' },
}

/** The process id of the browser that has a profile open. */
export function browserOn({ paths }: Machine): number {
  return Number(fs.readlinkSync(`${paths.profile}/SingletonLock`).split('-').at(-1))
}

export async function waitUntil(isReached: () => boolean): Promise<void> {
  while (!isReached()) await new Promise((resolve) => setTimeout(resolve, 50))
}
