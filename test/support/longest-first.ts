import fs from 'node:fs'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * Starts the slowest files first, so that the run does not end with one worker busy: browser tests and trips, which wait
 * more than they compute, then tests of MongoDB, then the others in Vitest's order.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = new Map(files.map((file) => [file, rankOf(file)]))
    return (await super.sort(files)).sort((one, other) => rank.get(one)! - rank.get(other)!)
  }
}

function rankOf({ moduleId, project }: TestSpecification): number {
  if (project.name !== 'unit') return 0
  return fs.readFileSync(moduleId, 'utf8').includes('support/mongo.ts') ? 1 : 2
}
