import { stringify } from 'yaml'
import { grafanaBoard } from './board.ts'
import { rulesFile } from './rules.ts'
import { table } from './table.ts'

/** The files that `npm run monitoring` writes, by their paths from here. */
export function monitoringFiles(): Record<string, string> {
  const rules = `# Written by "npm run monitoring" from table.ts.\n${stringify(rulesFile(table), { lineWidth: 0 })}`
  return {
    'grafana.json': `${JSON.stringify(grafanaBoard(table), null, 2)}\n`,
    'rules.yml': rules,
    // A chart reads only files of its own.
    '../helm/signalbox/files/rules.yml': rules,
  }
}
