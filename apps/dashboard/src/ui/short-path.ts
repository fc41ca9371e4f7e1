/**
 * Short unique names of paths: the last part, with as many parts before it as needed to distinguish them.
 * @returns the names in the order of `paths`
 */
export function shortenPaths(paths: readonly string[]): string[] {
  const allParts = paths.map((path) => path.split(/[/\\]+/).filter(Boolean))
  return paths.map((path, index) => {
    const parts = allParts[index] ?? []
    for (let length = 1; length < parts.length; length++) {
      const name = parts.slice(-length).join('/')
      if (!allParts.some((other, at) => paths[at] !== path && other.slice(-length).join('/') === name)) return name
    }
    return path
  })
}
