import { claudeCodeVersions, setupClaudeCode } from '../../scripts/setup/claude-code.mjs'

/** The real Claude Code, as a program on this machine. */
export interface Client {
  readonly version: string
  readonly program: string
}

/** Test files run one version in all tests, and the old one in those whose behaviour differs between versions. */
export const { newest, old } = claudeCodeVersions

const found = new Map<string, Promise<Client>>()

/**
 * Finds or installs a version of the client. Where it cannot be had, the test is skipped with the reason; in CI it fails.
 * @param skip the `skip` of the test's context
 */
export async function claudeCode(version: string, skip: (reason: string) => never): Promise<Client> {
  if (process.platform === 'win32') skip('The tests drive Claude Code in a terminal of `script`, which Windows does not have.')
  const client = found.get(version) ?? findClient(version)
  found.set(version, client)
  try {
    return await client
  } catch (error) {
    if (process.env.CI) throw error
    return skip(`Claude Code ${version} cannot be had: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** @throws Error when it is not installed and cannot be */
export async function findClient(version: string): Promise<Client> {
  return { version, program: await setupClaudeCode(version) }
}
