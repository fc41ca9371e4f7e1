// This file imports nothing: every program and the page use it.

/** Compares two versions as npm orders them: below 0 where the first is older, above 0 where it is newer. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)]
  for (let index = 0; index < 3; index++) {
    const difference = (left.numbers[index] ?? 0) - (right.numbers[index] ?? 0)
    if (difference !== 0) return difference
  }
  if (left.preview === right.preview) return 0
  // A preview comes before its release.
  if (left.preview === '' || right.preview === '') return left.preview === '' ? 1 : -1
  return left.preview.localeCompare(right.preview, 'en', { numeric: true })
}

function partsOf(version: string): { numbers: number[]; preview: string } {
  const [release = '', ...preview] = version.replace(/^v|\+.*$/g, '').split('-')
  return { numbers: release.split('.').map(Number), preview: preview.join('-') }
}
