import type { Terminal } from '../terminal.ts'

/** Fields that say who and when, or are told otherwise. */
const known = new Set(['level', 'time', 'msg', 'app', 'pid', 'hostname', 'err', 'name', 'v'])

/** A log line of a child as a person reads it; what is not a log line stays as it is. */
export function readableLine(app: string, line: string, { style }: Terminal): string {
  let entry: Record<string, unknown>
  try {
    const parsed: unknown = JSON.parse(line)
    if (typeof parsed !== 'object' || parsed === null || !('level' in parsed)) return line
    entry = parsed as Record<string, unknown>
  } catch {
    return line
  }
  const level = String(entry.level).toLowerCase()
  const told = new Date(String(entry.time))
  const time = Number.isNaN(told.getTime()) ? new Date() : told
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':')
  const error = entry.err as { message?: unknown } | undefined
  const more = Object.entries(entry)
    .filter(([name]) => !known.has(name))
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
  const text = [entry.msg, error?.message, ...more].filter((part) => part !== undefined && part !== '').join('  ')
  const colour = level === 'warn' ? 'yellow' : level === 'error' || level === 'fatal' ? 'red' : 'dim'
  return `${style('dim', clock)} ${app.padEnd(9)} ${style(colour, level.padEnd(5))} ${text}`
}
