import { stringify } from 'yaml'
import { grafanaBoard } from './board.ts'
import { rulesFile } from './rules.ts'
import { table } from './table.ts'

/** The files that `npm run monitoring` writes, by name. */
export function monitoringFiles(): Record<string, string> {
  return {
    'grafana.json': `${JSON.stringify(grafanaBoard(table), null, 2)}\n`,
    'rules.yml': `# Written by "npm run monitoring" from table.ts.\n${stringify(rulesFile(table), { lineWidth: 0 })}`,
  }
}
