const UNRELEASED = '## Unreleased\n'

/** @returns {string} the notes under "Unreleased" */
export function unreleasedNotes(text) {
  const from = text.indexOf(UNRELEASED)
  if (from === -1) throw new Error('CHANGELOG.md has no heading "## Unreleased".')
  const rest = text.slice(from + UNRELEASED.length)
  const end = rest.search(/^## /m)
  return (end === -1 ? rest : rest.slice(0, end)).trim()
}

/** Gives what is unreleased the name of a version. @param {string} day YYYY-MM-DD */
export function releaseNotes(text, version, day) {
  return text.replace(UNRELEASED, `${UNRELEASED}\n## ${version} – ${day}\n`)
}
