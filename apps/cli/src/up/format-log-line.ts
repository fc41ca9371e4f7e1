import { printable } from '@signalbox/contract/printable'
import type { Clock } from '@signalbox/usage/zone'
import type { Terminal } from '../terminal.ts'

/** Fields that are formatted separately or left out. */
const handledFields = new Set(['level', 'time', 'msg', 'app', 'pid', 'hostname', 'err', 'name', 'v'])

/** A JSON log line of a child in readable form; other lines unchanged. */
export function formatLogLine(app: string, line: string, { style }: Terminal, clock: Clock): string {
  let entry: Record<string, unknown>
  try {
    const parsed: unknown = JSON.parse(line)
    if (typeof parsed !== 'object' || parsed === null || !('level' in parsed)) return printable(line)
    entry = parsed as Record<string, unknown>
  } catch {
    return printable(line)
  }
  const level = printable(String(entry.level)).toLowerCase()
  const logged = Date.parse(String(entry.time))
  const at = Number.isNaN(logged) ? Date.now() : logged
  const time = new Date(at + clock(at)).toISOString().slice(11, 19)
  const error = entry.err as { message?: unknown } | undefined
  const more = Object.entries(entry)
    .filter(([name]) => !handledFields.has(name))
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
  const text = [entry.msg, error?.message, ...more]
    .filter((part) => part !== undefined && part !== '')
    .map((part) => printable(String(part)))
    .join('  ')
  const colour = level === 'warn' ? 'yellow' : level === 'error' || level === 'fatal' ? 'red' : 'dim'
  return `${style('dim', time)} ${app.padEnd(9)} ${style(colour, level.padEnd(5))} ${text}`
}
