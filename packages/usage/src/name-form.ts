import { pathParts } from '@signalbox/contract/path-parts'
import { normaliseModel } from './model-name.ts'

/** Claude Code, whose calls have no agent. */
export const OWN_AGENT = 'claude-code'

/** A path with slashes, without those at its end; a drive letter is a capital. */
export function plainPath(path: string): string {
  const isWindows = /^[a-z]:[\\/]|^\\\\/i.test(path)
  const slashes = isWindows ? path.replaceAll('\\', '/') : path
  const plain = slashes.length > 1 ? slashes.replace(/(?<=[^/])\/+$/, '') : slashes
  return plain.replace(/^[a-z](?=:)/, (drive) => drive.toUpperCase())
}

/** The home folders that a path may be in, as `~` stands for them. */
const homeFolder = /^(?:\/home\/[^/]+|\/Users\/[^/]+|\/root|[A-Z]:\/Users\/[^/]+)(?=\/|$)/

/** A plain path with `~` for the home folder of any user. */
export function pathInHome(path: string): string {
  return path.replace(homeFolder, '~')
}

/** Whether a text names one place: from the root, a home or a drive. */
export function isWholePath(text: string): boolean {
  return /^(?:[/~]|\\\\|[a-z]:[\\/])/i.test(text)
}

/** The last segment of a path or of the name of a branch. */
export function lastSegment(name: string): string {
  return pathParts(name).at(-1) ?? name
}

/** A name without what people do not mind: capitals, spaces, hyphens and underscores. */
export function foldName(name: string): string {
  return name.toLowerCase().replace(/[\s_-]+/g, '')
}

/** The id of a model that a person has written: `Opus 5.5`, `opus-5-5` and `claude-opus-5-5` are one. */
export function askedModelId(asked: string): string {
  const hyphened = asked.trim().toLowerCase().replace(/\s+/g, '-')
  const id = normaliseModel(hyphened)
  if (id.startsWith('claude-')) return id
  return normaliseModel(`claude-${hyphened}`)
}

/** `claude-opus-5-5-20260922` → `opus-5-5`, as tables print it. */
export function shortModelName(model: string): string {
  return model.replace(/^claude-/, '').replace(/-\d{8}$/, '')
}
