import { useId, useState } from 'react'
import { hub } from '../hub/hub.ts'
import { toProblem } from '../hub/problem.ts'
import { Button } from '../ui/button.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { saveFile } from '../ui/save-file.ts'
import { browserTimeZone } from '../ui/time-format.ts'
import { toCsv } from '../usage/csv.ts'
import { t } from '../words/settings.ts'

const groups = ['day', 'session', 'project', 'model', 'machine', 'person'] as const

/** Saves all usage that the hub has, in one grouping. */
export function ExportData() {
  const id = useId()
  const [group, setGroup] = useState<(typeof groups)[number]>('day')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()

  async function save(kind: 'csv' | 'json'): Promise<void> {
    setBusy(true)
    setError(undefined)
    try {
      const report = await hub.getUsage({ group, timezone: browserTimeZone() })
      if (kind === 'csv') saveFile(`signalbox-usage-by-${group}.csv`, 'text/csv', toCsv(group, report.rows))
      else saveFile(`signalbox-usage-by-${group}.json`, 'application/json', `${JSON.stringify(report, undefined, 2)}\n`)
    } catch (failure) {
      setError(failure)
    } finally {
      setBusy(false)
    }
  }

  return (
    <div className="export-data">
      <div className="field">
        <label htmlFor={id}>{t.exportAllUsageBy}</label>
        <select id={id} className="input" value={group} onChange={(event) => setGroup(event.target.value as (typeof groups)[number])}>
          {groups.map((name) => (
            <option key={name} value={name}>
              {t.exportGroups[name]}
            </option>
          ))}
        </select>
      </div>
      <div className="export-buttons">
        <Button disabled={busy} onClick={() => void save('csv')}>
          {t.csv}
        </Button>
        <Button disabled={busy} onClick={() => void save('json')}>
          {t.json}
        </Button>
      </div>
      {error !== undefined && <ProblemNote {...toProblem(error)} />}
    </div>
  )
}
