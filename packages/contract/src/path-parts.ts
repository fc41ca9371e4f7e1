/**
 * The parts of a path as Claude Code writes it, without empty ones. A backslash separates them on Windows only: elsewhere it may
 * be part of a name, as in one with escapes.
 */
export function pathParts(path: string): string[] {
  return path.split(path.startsWith('/') ? '/' : /[/\\]/).filter((part) => part !== '')
}
