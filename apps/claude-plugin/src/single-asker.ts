import { createHash } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { createPrivateFile } from '@signalbox/hub-address/private-file'
import { processExists } from '@signalbox/hub-address/process-start'

/** A session asks one thing so often at once at most. */
const MAX_EQUAL = 50

/**
 * Makes sure that a prompt is asked about once where the hook is installed twice, by the plugin and in settings: both see each
 * prompt, and one of them gives way. Equal prompts at the same time, as of two subagents, are kept apart: each installation
 * has one process for each.
 * @param origin what distinguishes the installations
 * @returns a function that gives the place up; undefined when the other installation asks
 */
export function takeAskerPlace(env: NodeJS.ProcessEnv, event: Readonly<Record<string, unknown>>, origin: string): (() => void) | undefined {
  const folder = path.join(env.XDG_STATE_HOME || path.join(env.HOME || os.homedir(), '.local', 'state'), 'signalbox', 'asking')
  const { session_id, agent_id, prompt_id, tool_name, tool_input } = event
  const prompt = JSON.stringify([session_id, agent_id, prompt_id, tool_name, tool_input])
  const key = createHash('sha256').update(prompt).digest('hex').slice(0, 32)
  for (let index = 0; index < MAX_EQUAL; index++) {
    const file = path.join(folder, `${key}-${index}`)
    if (createPrivateFile(file, `${process.pid} ${origin}`)) return () => fs.rmSync(file, { force: true })
    const [pid = '', ...words] = readText(file).split(' ')
    if (isRunning(pid)) {
      if (words.join(' ') !== origin) return undefined
      continue
    }
    fs.rmSync(file, { force: true })
    index--
  }
  return undefined
}

function isRunning(pid: string): boolean {
  return Number(pid) > 1 && processExists(Number(pid))
}

function readText(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
