import fs from 'node:fs'
import path from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { repositoryRoot } from './repository.ts'

/**
 * The files that took more than fourteen seconds on two cores, slowest first within each project. The order is all that counts:
 * a file that is missing here, or no longer slow, only makes the run a little longer.
 */
const slowest = [
  'test/deploy/containers.test.ts',
  'test/claude-code/plugin.test.ts',
  'test/trips/runbooks.test.ts',
  'test/trips/drill.test.ts',
  'test/browser/limits.test.ts',
  'test/browser/many-tabs.test.ts',
  'apps/hub/src/main.test.ts',
  'test/trips/connect.test.ts',
  'test/browser/sessions.test.ts',
  'apps/collector/src/collect-sessions.test.ts',
  'test/browser/accessibility.test.ts',
  'apps/hub/src/store/mongo/state.test.ts',
  'test/browser/console.test.ts',
  'test/trips/start.test.ts',
  'test/browser/sign-in.test.ts',
  'test/trips/commands.test.ts',
  'apps/hub/src/store/copy/copy.test.ts',
  'test/trips/state-outage.test.ts',
  'test/trips/mirror.test.ts',
  'test/browser/usage.test.ts',
  'test/trips/limit-words.test.ts',
  'test/trips/snapshot-outage.test.ts',
  'test/claude-code/board.test.ts',
  'apps/hub/src/store/mongo/open.test.ts',
  'test/browser/alerts.test.ts',
  'test/browser/console-login.test.ts',
  'test/trips/proxy.test.ts',
  'apps/hub/src/store/sqlite/open.test.ts',
  'test/claude-code/oracle.test.ts',
  'test/attack/log.test.ts',
  'test/claude-code/answers.test.ts',
  'test/recipes.test.ts',
  'test/browser/accounts.test.ts',
  'apps/cli/src/command/run.test.ts',
  'test/claude-code/board-checker.test.ts',
  'test/browser/screen-states.test.ts',
  'test/browser/observed-sessions.test.ts',
  'test/trips/status-line.test.ts',
  'test/browser/live.test.ts',
  'test/trips/client-session.test.ts',
  'test/browser/console-crash.test.ts',
  'test/codex/rollouts.test.ts',
  'test/trips/killed-hub.test.ts',
  'apps/collector/src/collect-status-lines.test.ts',
  'apps/claude-plugin/src/delivery.test.ts',
  'apps/hub/src/monitor/monitor.test.ts',
  'apps/cli/src/command/mirror.test.ts',
  'test/browser/limit-history.test.ts',
  'test/browser/escaped-text.test.ts',
  'test/trips/alert-killed.test.ts',
  'test/claude-code/run.test.ts',
  'apps/hub/src/routes/state.test.ts',
  'test/claude-code/status-line.test.ts',
  'test/attack/damage.test.ts',
  'test/browser/verification.test.ts',
  'apps/hub/src/store/mongo/several-hubs.test.ts',
  'test/browser/estimates.test.ts',
  'apps/hub/src/routes/limits.test.ts',
  'apps/hub/src/store/mongo/core/versioned-collection.test.ts',
  'test/browser/usage-page.test.ts',
  'test/claude-code/budget.test.ts',
  'apps/hub/src/monitor/several-hubs.test.ts',
  'apps/hub/src/store/mongo/two-hubs.test.ts',
  'apps/cli/src/command/store.test.ts',
  'test/claude-code/client.test.ts',
  'test/claude-code/telemetry-ledger.test.ts',
  'test/browser/answers.test.ts',
  'apps/hub/src/store/mongo/between-steps.test.ts',
  'test/trips/outage.test.ts',
  'test/trips/move.test.ts',
  'test/attack/restart.test.ts',
  'apps/hub/src/keys.test.ts',
  'test/trips/observed-sessions.test.ts',
  'apps/hub/src/store/mongo/dead-claim.test.ts',
  'test/trips/orchestrator.test.ts',
  'test/trips/client-dist.test.ts',
  'apps/hub/src/store/mongo/migration/call-fields.test.ts',
  'apps/claude-plugin/src/witness.test.ts',
  'apps/cli/src/command/sessions.test.ts',
  'test/trips/two-hubs.test.ts',
  'test/trips/transcript-line.test.ts',
  'test/trips/client-routes.test.ts',
  'apps/hub/src/alert/alerts.test.ts',
  'apps/cli/src/statusline/script.test.ts',
  'test/attack/take-over.test.ts',
  'apps/hub/src/store/mongo/hub.test.ts',
  'apps/cli/src/broken-output.test.ts',
  'test/trips/projects.test.ts',
]

/**
 * Starts the slowest files first, so that the run does not end with one worker busy: those in the list, then tests of MongoDB,
 * then the others in Vitest's order. Project by project: a worker keeps its modules only while its next file is of the same one.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = new Map(files.map((file) => [file, rankOf(file)]))
    const byProject = Map.groupBy(await super.sort(files), ({ project }) => project.name)
    return [...byProject.values()].flatMap((own) => own.toSorted((one, other) => rank.get(one)! - rank.get(other)!))
  }
}

function rankOf({ moduleId, project }: TestSpecification): number {
  const place = slowest.indexOf(path.relative(repositoryRoot, moduleId).replaceAll(path.sep, '/'))
  if (place !== -1) return place
  if (project.name !== 'unit') return slowest.length
  return slowest.length + (fs.readFileSync(moduleId, 'utf8').includes('support/mongo.ts') ? 1 : 2)
}
