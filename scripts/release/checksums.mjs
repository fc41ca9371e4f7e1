import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'

/** @returns {string} a line for each file, as `sha256sum -c` reads it */
export function checksums(folder) {
  const names = fs.readdirSync(folder).filter((name) => name !== 'SHA256SUMS' && fs.statSync(path.join(folder, name)).isFile())
  return names
    .sort()
    .map(
      (name) =>
        `${createHash('sha256')
          .update(fs.readFileSync(path.join(folder, name)))
          .digest('hex')}  ${name}\n`,
    )
    .join('')
}
