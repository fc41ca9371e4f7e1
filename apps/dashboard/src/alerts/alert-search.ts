/** Query parameters of the alerts screen. */
export interface AlertSearch {
  state?: string
  kind?: string
  severity?: string
  rule?: string
  machine?: string
  session?: string
}

const names = ['state', 'kind', 'severity', 'rule', 'machine', 'session'] as const

/** Reads the query parameters; `toAlertFilter` drops what no alert can have. */
export function readAlertSearch(search: Record<string, unknown>): AlertSearch {
  const found: AlertSearch = {}
  for (const name of names) {
    const value = search[name]
    if (typeof value === 'string' && value !== '' && value.length <= 200) found[name] = value
  }
  return found
}
