import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { allRules } from '../../deploy/monitoring/rules.ts'
import { table } from '../../deploy/monitoring/table.ts'
import { missingLitestream, setupLitestream } from '../../scripts/setup/litestream.mjs'
import { startPeer } from '../peers/peer.ts'
import { freePort } from '../support/free-port.ts'
import { filesOf, repositoryRoot, textOf } from '../support/repository.ts'
import { tempFolder } from '../support/temp.ts'

// Every block of these documents that is marked `runbook` runs as it stands, in the order of the document, on one hub.

interface Runbook {
  readonly title: string
  readonly blocks: readonly Block[]
}

interface Block {
  readonly text: string
  /** A program that it needs beside Signalbox. */
  readonly needs: string | undefined
}

/** Of these there is nothing to run here: another server, or a command that is a test of its own. */
const NOT_RUN = ['Move to MongoDB and back', 'More hubs', 'The disaster drill']

function readRunbooks(text: string): Runbook[] {
  const [start = '', ...sections] = text.split(/^## /m)
  return [start.replace(/^# .*\n/, 'Start\n'), ...sections].map((section) => ({
    title: section.slice(0, section.indexOf('\n')),
    blocks: [...section.matchAll(/^```sh runbook(?: (\w+))?\n([\s\S]*?)^```$/gm)].map(([, needs, text]) => ({ needs, text: text! })),
  }))
}

const litestream = setupLitestream()
const runbooks = readRunbooks(textOf('docs/RUNBOOKS.md'))
const others = readRunbooks(textOf('docs/SESSION_HEALTH_ENDPOINTS.md'))

test('each runbook has a block that is run', () => {
  const without = runbooks.filter(({ blocks }) => blocks.length === 0).map(({ title }) => title)
  expect(without).toEqual(NOT_RUN)
})

test('each rule of Prometheus names a runbook that there is', () => {
  const anchors = runbooks.map(({ title }) => title.toLowerCase().replaceAll(' ', '-'))
  expect(
    allRules(table)
      .filter(({ runbook }) => !anchors.includes(runbook))
      .map(({ alert }) => alert),
  ).toEqual([])
})

test('what TROUBLESHOOTING.md says that one sees is in the programs', () => {
  const shown = [...textOf('docs/TROUBLESHOOTING.md').matchAll(/^\| `([^`]+)` \|/gm)].map(([, text]) => text!)
  expect(shown.length).toBeGreaterThan(15)
  const sources = filesOf('.', (file) => /^(apps|packages)\/[\w-]+\/src\/.*\.tsx?$/.test(file) && !/\.test\.ts$/.test(file)).map(textOf)
  expect(shown.filter((text) => !sources.some((source) => source.includes(text)))).toEqual([])
})

test('each runbook does what it says', async () => {
  const peer = await startPeer(() => ({ status: 200 }))
  onTestFinished(() => peer.close())
  const machine = await prepareMachine(peer.url)
  await machine.run('systemctl --user start signalbox-hub\ncurl -fsS --retry 40 --retry-connrefused --retry-delay 1 "$HUB/health/ready"')
  await machine.run(`signalbox machines add laptop --slots 1,2
signalbox sessions add --project shop --machine laptop`)
  for (const { title, blocks } of [...runbooks, ...others]) {
    for (const { text: block, needs } of blocks) {
      if (needs === 'litestream' && litestream === undefined) {
        if (process.env.CI === 'true') throw new Error(missingLitestream)
        console.warn(`SKIPPED: ${title}: ${missingLitestream}`)
        continue
      }
      const output = await machine.run(block)
      let at = 0
      for (const [, wanted] of block.matchAll(/^# expect: (.*)$/gm)) {
        const found = output.indexOf(wanted!, at)
        expect(found, `${title}: the output has no "${wanted}" where it is expected:\n${output}`).toBeGreaterThanOrEqual(0)
        at = found + wanted!.length
      }
    }
  }
}, 400_000)

/** A machine with `signalbox` in its path, and a service manager that knows one service. */
async function prepareMachine(peer: string): Promise<{ run(script: string): Promise<string> }> {
  const folder = tempFolder()
  const bin = path.join(folder, 'bin')
  const dataDir = path.join(folder, 'data')
  for (const name of [bin, dataDir]) fs.mkdirSync(name, { mode: 0o700 })
  const port = await freePort()
  const program = `${process.execPath} ${path.join(repositoryRoot, 'apps/cli/bin/signalbox.mjs')}`
  const write = (name: string, text: string) => fs.writeFileSync(path.join(bin, name), text, { mode: 0o755 })
  write('signalbox', `#!/bin/sh\nexec ${program} "$@"\n`)
  const config = path.join(repositoryRoot, 'deploy/litestream/litestream.yml')
  if (litestream !== undefined) write('litestream', `#!/bin/sh\nexec ${litestream} "$@"\n`)
  const services = {
    'signalbox-hub': `${process.execPath} ${path.join(repositoryRoot, 'apps/hub/src/main.ts')}`,
    'signalbox-litestream': `litestream replicate -config ${config}`,
  }
  write('systemctl', systemctl(folder, services))
  const env = {
    ...process.env,
    PATH: `${bin}${path.delimiter}${path.dirname(process.execPath)}${path.delimiter}${process.env.PATH}`,
    HOME: folder,
    DATA_DIR: dataDir,
    PORT: String(port),
    HUB: `http://127.0.0.1:${port}`,
    PEER: peer,
    WORK: folder,
    LITESTREAM_CONFIG: config,
    LITESTREAM_URL: `file://${path.join(folder, 'replica')}`,
    LOG_LEVEL: 'info',
    NODE_ENV: 'production',
    API_KEYS: '',
  }
  const run = (script: string) =>
    new Promise<string>((resolve, reject) => {
      const child = spawn('bash', ['-eu', '-o', 'pipefail', '-c', script], { env, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
      let output = ''
      for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))
      child.on('error', reject)
      // Not "close": the hub that a block starts has its own files, but goes on.
      child.on('exit', (code) => (code === 0 ? resolve(output) : reject(new Error(`${code}: ${script}\n${output}\n${hubLog(folder)}`))))
    })
  onTestFinished(async () => {
    for (const name of Object.keys(services)) await run(`systemctl --user stop ${name}`)
  })
  return { run }
}

function hubLog(folder: string): string {
  const file = path.join(folder, 'hub.log')
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').split('\n').slice(-20).join('\n') : ''
}

/** What the runbooks need of systemd, for some services: start, stop, restart, status. */
function systemctl(folder: string, services: Record<string, string>): string {
  const commands = Object.entries(services).map(([name, command]) => `  ${name}) command="${command}" ;;`)
  return `#!/bin/bash
case "$3" in
${commands.join('\n')}
  *) echo "unknown: $*" >&2; exit 1 ;;
esac
pidfile=${folder}/$3.pid
stop() { [ -e $pidfile ] || return 0; kill "$(cat $pidfile)" 2>/dev/null; while kill -0 "$(cat $pidfile)" 2>/dev/null; do sleep 0.05; done; rm -f $pidfile; }
start() { [ -e $pidfile ] && return 0; setsid $command >>${folder}/hub.log 2>&1 </dev/null & echo $! > $pidfile; }
case "$2" in
  start) start ;;
  stop) stop ;;
  restart) stop; start ;;
  status) [ -e $pidfile ] ;;
  *) echo "unknown: $*" >&2; exit 1 ;;
esac
`
}
