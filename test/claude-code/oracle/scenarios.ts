import { backgroundSubagent } from './scenario/background-subagent.ts'
import { branch } from './scenario/branch.ts'
import { changeModel } from './scenario/change-model.ts'
import { clear } from './scenario/clear.ts'
import { compact } from './scenario/compact.ts'
import { fastMode } from './scenario/fast-mode.ts'
import { fork } from './scenario/fork.ts'
import { kill } from './scenario/kill.ts'
import { midnight } from './scenario/midnight.ts'
import { nestedSubagents } from './scenario/nested-subagents.ts'
import { parallelTools } from './scenario/parallel-tools.ts'
import { plain } from './scenario/plain.ts'
import { refusal } from './scenario/refusal.ts'
import { resume } from './scenario/resume.ts'
import { retry } from './scenario/retry.ts'
import { sideQuestion } from './scenario/side-question.ts'
import { slowBlocks } from './scenario/slow-blocks.ts'
import { subagent } from './scenario/subagent.ts'
import { twoSessions } from './scenario/two-sessions.ts'
import type { Scenario } from './scenario.ts'

/** Every scenario, in the order of the table. */
export const scenarios: readonly Scenario[] = [
  plain,
  slowBlocks,
  subagent,
  backgroundSubagent,
  nestedSubagents,
  parallelTools,
  resume,
  fork,
  branch,
  compact,
  clear,
  sideQuestion,
  changeModel,
  fastMode,
  kill,
  retry,
  refusal,
  twoSessions,
  midnight,
]
