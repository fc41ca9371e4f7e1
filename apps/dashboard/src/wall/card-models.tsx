import { ModelsPanel } from '../today/models-panel.tsx'
import { useRangeReport } from '../today/use-reports.ts'
import { Skeleton } from '../ui/skeleton.tsx'
import { browserTimeZone } from '../ui/time-format.ts'
import { useToday } from '../ui/use-today.ts'
import { t } from '../words/wall.ts'
import '../today/today.css'

/** The models of the last 30 days. */
export function ModelsCard() {
  const zone = browserTimeZone()
  const report = useRangeReport('30d', { today: useToday(zone), zone }).data
  return report === undefined ? <Skeleton height={260} label={t.loadingModels} /> : <ModelsPanel range="30d" report={report} />
}
