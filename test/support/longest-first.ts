import fs from 'node:fs'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * Begins with what takes longest, so that nobody waits for one last file: browsers and trips, which wait more than they
 * work, then whoever asks a MongoDB, then the others as Vitest would.
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
