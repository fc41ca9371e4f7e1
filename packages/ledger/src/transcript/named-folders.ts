import { statSync } from 'node:fs'
import { readSettings } from '@signalbox/contract/setting'
import type { FolderSetting } from './source.ts'
import { sourcesOf } from './sources.ts'

/** A folder that a setting names. */
export interface NamedFolder {
  readonly setting: FolderSetting
  readonly folder: string
  /** Why nothing can be in it, such as `does not exist`; undefined for a folder. */
  readonly problem: string | undefined
}

/** The folders with transcripts that settings name by hand, in the order of the sources. @throws SettingsError when a setting is invalid */
export function findNamedFolders(env: NodeJS.ProcessEnv): NamedFolder[] {
  const names: FolderSetting[] = [...sourcesOf(env).flatMap(({ folderSettings }) => folderSettings), 'EXTRA_TRANSCRIPT_DIRS']
  const settings = readSettings(env, names)
  return names.flatMap((setting) => [...new Set(settings[setting])].map((folder) => ({ setting, folder, problem: problemOf(folder) })))
}

function problemOf(folder: string): string | undefined {
  try {
    return statSync(folder).isDirectory() ? undefined : 'is not a folder'
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // Of a folder that may not be entered, the scan reports more.
    return code === 'ENOENT' || code === 'ENOTDIR' ? 'does not exist' : undefined
  }
}
