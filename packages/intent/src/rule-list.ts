import { alertAction, machineAction, refresh, sessionAction } from './rule/action.ts'
import { block } from './rule/block.ts'
import { compare } from './rule/compare.ts'
import { events, missed } from './rule/event.ts'
import { health } from './rule/health.ts'
import { help } from './rule/help.ts'
import { limits } from './rule/limits.ts'
import { machines } from './rule/machine.ts'
import { page } from './rule/page.ts'
import { price } from './rule/price.ts'
import { oneSession, sessions } from './rule/session.ts'
import { tasks } from './rule/task.ts'
import { usage } from './rule/usage.ts'
import type { Rule } from './rule.ts'

/** The order decides: the first rule that has an answer. Orders come first, because they need the most to be said. */
export const actionRules: readonly Rule[] = [alertAction, machineAction, sessionAction]
export const readRules: readonly Rule[] = [
  missed,
  refresh,
  page,
  help,
  price,
  health,
  block,
  compare,
  limits,
  oneSession,
  tasks,
  usage,
  machines,
  events,
  sessions,
]
