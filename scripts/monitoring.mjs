// `npm run monitoring`: writes the board and the rules of deploy/monitoring from its table.
import fs from 'node:fs'
import path from 'node:path'
import { monitoringFiles } from '../deploy/monitoring/files.ts'

const folder = path.join(import.meta.dirname, '../deploy/monitoring')
for (const [name, text] of Object.entries(monitoringFiles())) {
  fs.writeFileSync(path.join(folder, name), text)
  console.log(path.posix.join('deploy/monitoring', name))
}
