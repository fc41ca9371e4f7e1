import fs from 'node:fs'
import path from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { repositoryRoot } from './repository.ts'

/**
 * The files that took more than twenty seconds on two cores, slowest first within each project. The order is all that counts:
 * a file that is missing here, or no longer slow, only makes the run a little longer.
 */
const slowest = [
  'test/browser/limits.test.ts',
  'test/browser/many-tabs.test.ts',
  'test/browser/sessions.test.ts',
  'test/browser/console.test.ts',
  'test/browser/accessibility.test.ts',
  'test/browser/console-crash.test.ts',
  'test/browser/console-login.test.ts',
  'test/browser/sign-in.test.ts',
  'test/trips/proxy.test.ts',
  'test/trips/limit-words.test.ts',
  'test/trips/state-outage.test.ts',
  'test/trips/connect.test.ts',
  'test/trips/commands.test.ts',
  'test/trips/snapshot-outage.test.ts',
  'test/claude-code/board.test.ts',
  'test/claude-code/plugin.test.ts',
  'test/claude-code/board-checker.test.ts',
  'test/claude-code/run.test.ts',
  'apps/collector/src/collect-sessions.test.ts',
  'apps/hub/src/store/mongo/state.test.ts',
  'apps/hub/src/store/copy/copy.test.ts',
  'apps/claude-plugin/src/delivery.test.ts',
  'apps/collector/src/collect-status-lines.test.ts',
  'apps/cli/src/command/run.test.ts',
  'apps/hub/src/main.test.ts',
  'apps/hub/src/monitor/monitor.test.ts',
  'test/recipes.test.ts',
]

/**
 * Starts the slowest files first, so that the run does not end with one worker busy: those in the list, then tests of MongoDB,
 * then the others in Vitest's order.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = new Map(files.map((file) => [file, rankOf(file)]))
    return (await super.sort(files)).sort((one, other) => rank.get(one)! - rank.get(other)!)
  }
}

function rankOf({ moduleId, project }: TestSpecification): number {
  const place = slowest.indexOf(path.relative(repositoryRoot, moduleId).replaceAll(path.sep, '/'))
  if (place !== -1) return place
  if (project.name !== 'unit') return slowest.length
  return slowest.length + (fs.readFileSync(moduleId, 'utf8').includes('support/mongo.ts') ? 1 : 2)
}
