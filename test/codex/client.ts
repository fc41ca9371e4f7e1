import { codexVersions, setupCodex } from '../../scripts/setup/codex.mjs'

export const { newest, old } = codexVersions

const found = new Map<string, Promise<string>>()

/**
 * Finds or installs a version of Codex. Where it cannot be had, the test is skipped with the reason; in CI it fails.
 * @param skip the `skip` of the test's context
 * @returns the path of the program
 */
export async function codexProgram(version: string, skip: (reason: string) => never): Promise<string> {
  const program = found.get(version) ?? setupCodex(version)
  found.set(version, program)
  try {
    return await program
  } catch (error) {
    if (process.env.CI) throw error
    return skip(`Codex ${version} cannot be had: ${error instanceof Error ? error.message : String(error)}`)
  }
}
