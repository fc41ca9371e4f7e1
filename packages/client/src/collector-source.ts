import type { MachineCollector } from '@signalbox/contract/collector-heartbeat'

/** What people see for the sources in a collector's heartbeat. A newer collector may have others; they keep their names. */
const names: Readonly<Record<string, string>> = {
  sessions: 'Sessions',
  transcripts: 'Transcripts',
  'claude-json': "Claude Code's file",
  statusline: 'Status line',
  console: 'Usage page',
  clock: 'Clock',
}

const states: Readonly<Record<string, string>> = {
  ok: 'ok',
  off: 'switched off',
  starting: 'starting',
  waiting: 'nothing to read yet',
  failing: 'failing',
  needs_login: 'sign in: signalbox web login',
}

/** What `waiting` means for sources that a person has to set up, with the command that does. */
const waits: Readonly<Record<string, string>> = {
  statusline: 'not set up, or nothing to read yet (signalbox statusline install)',
  console: 'not set up, or in use (signalbox web login)',
}

/** A source in words: `Usage page: sign in: signalbox web login`. */
export function describeSource({ name, state, problem }: NonNullable<MachineCollector['sources']>[number]): string {
  const words = (state === 'waiting' ? wordOf(waits, name) : undefined) ?? wordOf(states, state) ?? state.replaceAll('_', ' ')
  return `${wordOf(names, name) ?? name}: ${words}${problem === undefined ? '' : `, ${problem}`}`
}

/** The names come from other machines, so `constructor` must find nothing. */
function wordOf(words: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(words, key) ? words[key] : undefined
}
