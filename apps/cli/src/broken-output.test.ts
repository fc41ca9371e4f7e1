import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { brokenOutputs } from '../../../test/attack/broken-output.ts'
import { tempFolder } from '../../../test/support/temp.ts'
import { writeTranscripts } from '../../../test/support/transcripts.ts'
import { signalboxEnvironment } from './cli.suite.ts'
import { openHubFixture } from './hub.suite.ts'

const bin = fileURLToPath(new URL('../bin/signalbox.mjs', import.meta.url))

/** Runs a command in a process of its own whose stdout cannot be written. */
async function runInto(output: number, folder: string, words: readonly string[], env: Record<string, string | undefined>) {
  const child = spawn(process.execPath, [bin, ...words], { env: env as NodeJS.ProcessEnv, cwd: folder, stdio: ['ignore', output, 'pipe'] })
  let stderr = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stderr }
}

const commands = [
  '--help',
  '--version',
  'help usage',
  'usage',
  'usage --json',
  'usage session --csv',
  'usage blocks',
  'doctor',
  'doctor --json',
  'prices',
  'prices --json',
  'limits --local --json',
  'collector status',
  'keys list',
  'keys create x --json',
  'web status',
  'sessions list',
  'sessions list --json',
  'machines list',
  'audit --json',
]

test.skipIf(process.platform !== 'linux').each([
  ['/dev/full', 1, /^signalbox( keys)?: the output could not be written: no space is left\.$/],
  // It has read what it wanted, as `| head` has.
  ['a reader that is gone', 0, /^(?!.*could not be written)/],
] as const)('with %s as output every command ends with code %i, and with no more than a line on stderr', async (name, code, line) => {
  const hub = await openHubFixture()
  const folder = tempFolder()
  writeTranscripts(path.join(folder, 'claude'), { calls: 20, days: 3 })
  const env = { ...process.env, ...signalboxEnvironment(folder, hub.env) }
  for (const command of commands) {
    const end = await runInto(brokenOutputs[name]?.() as number, folder, command.split(' '), env)
    // Only a progress bar or advice may stand before it.
    expect([command, end.code, end.stderr.trimEnd().split('\n').at(-1)], end.stderr).toEqual([command, code, expect.stringMatching(line)])
    expect(end.stderr).not.toMatch(/\n\s+at |node:|Error:/)
  }
})
