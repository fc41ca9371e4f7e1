import { readdirSync, statSync } from 'node:fs'
import path from 'node:path'

/**
 * Finds the transcript of a session.
 * @param cwd the folder that the session runs in, whose transcripts are looked at first
 */
export function findTranscript(configDir: string, cwd: string | undefined, id: string): string | undefined {
  const projects = path.join(configDir, 'projects')
  if (cwd !== undefined) {
    const usual = path.join(projects, cwd.replace(/[^a-zA-Z0-9]/g, '-'), `${id}.jsonl`)
    if (isFile(usual)) return usual
  }
  try {
    for (const folder of readdirSync(projects)) {
      const file = path.join(projects, folder, `${id}.jsonl`)
      if (isFile(file)) return file
    }
  } catch {
    // There are no transcripts yet.
  }
  return undefined
}

function isFile(file: string): boolean {
  try {
    return statSync(file).isFile()
  } catch {
    // It is not there, or cannot be: the name of a deep folder is longer than a name of a file may be.
    return false
  }
}
