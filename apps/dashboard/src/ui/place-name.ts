/**
 * Short names for folders, such that no two are the same: the last part of each path, with as many parts before it as tell it apart.
 * @returns in the order given
 */
export function placeNames(paths: readonly string[]): string[] {
  const parts = paths.map((path) => path.split(/[/\\]+/).filter(Boolean))
  return paths.map((path, index) => {
    const own = parts[index] ?? []
    for (let length = 1; length < own.length; length++) {
      const name = own.slice(-length).join('/')
      if (!parts.some((other, at) => paths[at] !== path && other.slice(-length).join('/') === name)) return name
    }
    return path
  })
}
