import type { AgentName } from '@signalbox/contract/agent'
import type { Scanner } from './scanner.ts'

/** A place where transcripts are, or are looked for. */
export interface TranscriptPlace {
  /** The folder, as it is named to people. */
  readonly folder: string
  /** The folders to read. */
  readonly roots: readonly string[]
  /** Whose transcripts they are, where not those of Claude Code itself. */
  readonly app?: string
}

/** A setting that names folders by hand, which have to be there. */
export type FolderSetting = 'CLAUDE_CONFIG_DIR' | 'CLAUDE_DESKTOP_DIRS' | 'CODEX_HOME' | 'EXTRA_TRANSCRIPT_DIRS'

/**
 * The transcripts of one agent. What is known before the first file is read is here, and costs little to load: most runs find
 * nothing new. What a file says is the scanner's.
 */
export interface TranscriptSource {
  readonly name: AgentName
  /** The settings that name folders of it. */
  readonly folderSettings: readonly FolderSetting[]
  /** Finds the places of its transcripts, as absolute paths. @throws SettingsError when a setting is invalid */
  findPlaces(env: NodeJS.ProcessEnv): TranscriptPlace[]
  /** Whether a file is one of its transcripts, by its name: folders that a setting adds may hold those of several agents. */
  isTranscript(fileName: string): boolean
  /** Loads the scanner and creates one, with a buffer of its own. */
  createScanner(): Promise<Scanner>
}
