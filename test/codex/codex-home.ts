import fs from 'node:fs'
import path from 'node:path'
import type { Call } from '@signalbox/contract/call'
import { findTranscriptRoots, openLedger, type RefreshSummary } from '@signalbox/ledger'
import { onTestFinished } from 'vitest'
import { type Finished, run, start } from '../support/child.ts'
import { type ResponsesApi, startResponsesApi } from '../support/responses-api.ts'
import { makeTempFolder, removeFolder } from '../support/temp.ts'
import { AppServer } from './app-server.ts'

/** A folder in which real clients run: no network, nothing of the user's. */
export interface CodexHome {
  readonly folder: string
  /** What CODEX_HOME names. */
  readonly home: string
  /** A folder with a Git branch, in which clients run. */
  readonly cwd: string
  readonly api: ResponsesApi
  /** Runs `codex exec`, or another command of the client. */
  codex(program: string, args: readonly string[]): Promise<Finished>
  /** Starts `codex exec`, and kills it when the stand-in has been asked so often. */
  killAfter(program: string, args: readonly string[], answers: number): Promise<void>
  /** Starts `codex app-server`, which ends with the test. */
  appServer(program: string): Promise<AppServer>
  /** Reads the rollouts into a ledger of their own. */
  read(): Promise<{ calls: Call[]; summary: RefreshSummary }>
}

/** @param config more lines of `config.toml` */
export async function codexHome(config = ''): Promise<CodexHome> {
  const folder = makeTempFolder()
  onTestFinished(() => removeFolder(folder))
  const api = await startResponsesApi()
  onTestFinished(() => api.stop())
  const [home, cwd] = [path.join(folder, '.codex'), path.join(folder, 'shop')]
  fs.mkdirSync(home)
  await run('git', ['init', '--quiet', '--initial-branch=main', cwd])
  // Codex names a branch only where it has a commit.
  await run('git', [
    '-C',
    cwd,
    '-c',
    'user.name=test',
    '-c',
    'user.email=test@example.invalid',
    'commit',
    '-q',
    '--allow-empty',
    '-m',
    'First',
  ])
  fs.writeFileSync(path.join(home, 'config.toml'), configText(api.url, cwd, config))
  const env = environment(folder, home, api.url)
  return {
    folder,
    home,
    cwd,
    api,
    codex: (program, args) => start(program, args, { cwd, env }).finished,
    async killAfter(program, args, answers) {
      const child = start(program, args, { cwd, env })
      while (api.answers.length < answers) await new Promise((resolve) => setTimeout(resolve, 20))
      await child.stop('SIGKILL')
    },
    async appServer(program) {
      const server = new AppServer(program, cwd, env)
      onTestFinished(() => server.stop())
      return await server.connect()
    },
    read: () => readRollouts(folder, home),
  }
}

function configText(url: string, cwd: string, more: string): string {
  return `model = "gpt-5.4"
model_provider = "stand-in"
${more}
[model_providers.stand-in]
name = "Stand-in"
base_url = "${url}/v1"
wire_api = "responses"
env_key = "STAND_IN_KEY"
stream_max_retries = 2
request_max_retries = 2

[projects."${cwd}"]
trust_level = "trusted"
`
}

/** The whole environment of a client; nothing is inherited from the test. */
function environment(folder: string, home: string, url: string): Record<string, string | undefined> {
  const inherited = Object.fromEntries(Object.keys(process.env).map((name) => [name, undefined]))
  const own = { HOME: folder, PATH: process.env.PATH, SHELL: '/bin/bash', LANG: 'C.UTF-8', TMPDIR: folder, CODEX_HOME: home }
  // The stand-in refuses what would leave this machine.
  return { ...inherited, ...own, STAND_IN_KEY: 'dummy', HTTPS_PROXY: url, NO_PROXY: '127.0.0.1' }
}

async function readRollouts(folder: string, home: string): Promise<{ calls: Call[]; summary: RefreshSummary }> {
  const ledger = openLedger({ dataDir: fs.mkdtempSync(path.join(folder, 'data-')) })
  try {
    const summary = await ledger.refresh({ roots: findTranscriptRoots({ CODEX_HOME: home, TRANSCRIPT_SOURCES: 'codex' }) })
    return { calls: ledger.outbox.next(Number.MAX_SAFE_INTEGER)?.calls ?? [], summary }
  } finally {
    ledger.close()
  }
}
