import fs from 'node:fs'
import path from 'node:path'

/** The folder of the checkout. */
export const house = path.resolve(import.meta.dirname, '../..')

const skipped = new Set(['node_modules', 'dist', 'dist.next', '.cache', '.git', 'coverage'])

/** Every file below a folder of the house that passes, as paths relative to the house with forward slashes, sorted. */
export function filesOf(folder: string, passes: (file: string) => boolean): string[] {
  const found: string[] = []
  const walk = (at: string) => {
    for (const entry of fs.readdirSync(at, { withFileTypes: true })) {
      if (skipped.has(entry.name)) continue
      const full = path.join(at, entry.name)
      if (entry.isDirectory()) walk(full)
      else {
        const file = path.relative(house, full).split(path.sep).join('/')
        if (passes(file)) found.push(file)
      }
    }
  }
  const start = path.join(house, folder)
  if (fs.existsSync(start)) walk(start)
  return found.sort()
}

export function textOf(file: string): string {
  return fs.readFileSync(path.join(house, file), 'utf8')
}
