import { askForInput } from './tool/ask-for-input.ts'
import { blockNow } from './tool/block-now.ts'
import { eventsList } from './tool/events-list.ts'
import { hubHealth } from './tool/hub-health.ts'
import { limitsForecast } from './tool/limits-forecast.ts'
import { limitsHistory } from './tool/limits-history.ts'
import { limitsNow } from './tool/limits-now.ts'
import { machinesList } from './tool/machines-list.ts'
import { reportProgress } from './tool/report-progress.ts'
import { sessionShow } from './tool/session-show.ts'
import { sessionsList } from './tool/sessions-list.ts'
import { taskCreate } from './tool/task-create.ts'
import { taskUpdate } from './tool/task-update.ts'
import { tasksList } from './tool/tasks-list.ts'
import { usageCompare } from './tool/usage-compare.ts'
import { usageReport } from './tool/usage-report.ts'
import type { Tool } from './tool.ts'

/** More would crowd a model's context, and it would choose worse. */
export const MAX_TOOLS = 15

/** Every tool of the MCP server, in the order in which a client shows them. */
export const tools: readonly Tool[] = [
  limitsNow,
  limitsForecast,
  usageReport,
  usageCompare,
  sessionsList,
  sessionShow,
  machinesList,
  tasksList,
  eventsList,
  taskCreate,
  taskUpdate,
  reportProgress,
  askForInput,
  hubHealth,
]

/**
 * What people ask in words is answered by the same tools, and by two more: a model has the block in usage_report, and more
 * than fifteen tools would crowd its context.
 */
export const askTools: readonly Tool[] = [...tools.filter(({ scope }) => scope === 'read'), limitsHistory, blockNow]
