import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { setupLitestream } from '../../scripts/setup/litestream.mjs'
import { freePort } from './free-port.ts'
import { repositoryRoot } from './repository.ts'
import { tempFolder } from './temp.ts'

// What runs the blocks of documents.

export interface RunbookMachine {
  /** The home of its user. */
  readonly folder: string
  /** Runs a block. @returns all output @throws Error with it where the block fails */
  run(script: string): Promise<string>
}

/** Undefined where there is none: then its blocks cannot run. */
export const litestream = setupLitestream()

/** Holds an output to the lines `# expect: …` of a block, in their order. */
export function expectOutput(title: string, block: string, output: string): void {
  let at = 0
  for (const [, wanted] of block.matchAll(/^# expect: (.*)$/gm)) {
    const found = output.indexOf(wanted!, at)
    expect(found, `${title}: the output has no "${wanted}" where it is expected:\n${output}`).toBeGreaterThanOrEqual(0)
    at = found + wanted!.length
  }
}

/** A machine with `signalbox` in its path, and a service manager that knows two services. */
export async function prepareMachine(peer = ''): Promise<RunbookMachine> {
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
    CLAUDE_CONFIG_DIR: path.join(folder, '.claude'),
    LIMIT_SOURCES: 'none',
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
  return { folder, run }
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
