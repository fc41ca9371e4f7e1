import type { AgentName } from '@signalbox/contract/agent'
import { readSettings } from '@signalbox/contract/setting'
import { claudeCode } from './claude-code/source.ts'
import { codex } from './codex/source.ts'
import type { Scanner, ScanTask } from './scanner.ts'
import type { TranscriptPlace, TranscriptSource } from './source.ts'

/** All sources. The last one takes every transcript that no other one knows. */
const sources: readonly TranscriptSource[] = [codex, claudeCode]

/** Finds the source of a file; undefined when it is no transcript. */
export function sourceOf(fileName: string): AgentName | undefined {
  return sources.find((source) => source.isTranscript(fileName))?.name
}

/** The sources that TRANSCRIPT_SOURCES names, in its order, which begins with Claude Code by default. @throws SettingsError when it is invalid */
export function sourcesOf(env: NodeJS.ProcessEnv): TranscriptSource[] {
  const { TRANSCRIPT_SOURCES: names } = readSettings(env, ['TRANSCRIPT_SOURCES'])
  return names.map((name) => sources.find((source) => source.name === name)!)
}

/**
 * Finds the places of the sources that TRANSCRIPT_SOURCES names, and the folders that EXTRA_TRANSCRIPT_DIRS adds.
 * @throws SettingsError when a setting is invalid
 */
export function findTranscriptPlaces(env: NodeJS.ProcessEnv): TranscriptPlace[] {
  const { EXTRA_TRANSCRIPT_DIRS: extra } = readSettings(env, ['EXTRA_TRANSCRIPT_DIRS'])
  const found = sourcesOf(env).flatMap((source) => source.findPlaces(env))
  const known = new Set(found.flatMap(({ roots }) => roots))
  return [...found, ...[...new Set(extra)].filter((root) => !known.has(root)).map((root) => ({ folder: root, roots: [root] }))]
}

/** All folders to read of the places that `findTranscriptPlaces` finds. @throws SettingsError when a setting is invalid */
export function findTranscriptRoots(env: NodeJS.ProcessEnv): string[] {
  return [...new Set(findTranscriptPlaces(env).flatMap(({ roots }) => roots))]
}

/** The scanners by the name of their source. */
export type Scanners = ReadonlyMap<AgentName, Scanner>

/** Creates a scanner for each source that the tasks have: the code of another one need not be loaded. */
export async function createScanners(tasks: readonly Pick<ScanTask, 'source'>[]): Promise<Scanners> {
  const needed = new Set(tasks.map(({ source }) => source))
  const found = sources.filter(({ name }) => needed.has(name))
  return new Map(await Promise.all(found.map(async (source) => [source.name, await source.createScanner()] as const)))
}
