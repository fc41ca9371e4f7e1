/**
 * Whether Claude Code has made the name of a session from its first prompt: `/branch` names the new session so, as if a person
 * had. Such a name stays on the machine.
 */
export function isMadeFromPrompt(name: string): boolean {
  return /\(Branch(?: \d+)?\)\s*$/u.test(name)
}
