import fs from 'node:fs'
import path from 'node:path'

/** The folder of the checkout. */
export const repositoryRoot = path.resolve(import.meta.dirname, '../..')

const skipped = new Set(['node_modules', 'dist', 'dist.next', '.cache', '.git', 'coverage'])

/** Lists the files below a folder that `passes` accepts: sorted paths relative to the repository, with forward slashes. */
export function filesOf(folder: string, passes: (file: string) => boolean): string[] {
  const found: string[] = []
  const walk = (at: string) => {
    for (const entry of fs.readdirSync(at, { withFileTypes: true })) {
      if (skipped.has(entry.name)) continue
      const full = path.join(at, entry.name)
      if (entry.isDirectory()) walk(full)
      else {
        const file = path.relative(repositoryRoot, full).split(path.sep).join('/')
        if (passes(file)) found.push(file)
      }
    }
  }
  const start = path.join(repositoryRoot, folder)
  if (fs.existsSync(start)) walk(start)
  return found.sort()
}

export function textOf(file: string): string {
  return fs.readFileSync(path.join(repositoryRoot, file), 'utf8')
}
