/** The kinds of limit windows: of five hours, of a week, and of a week for one model or group. */
export type WindowKind = 'session' | 'weekly_all' | 'weekly_scoped'

/**
 * The largest percentage of a window. While extra usage pays for more than the plan includes, a window is over 100 %; a value
 * beyond this is a mistake of its source.
 */
export const MAX_PERCENT_USED = 1_000

/** What people see, and what the wire and Claude's usage page call it. */
const labels = {
  session: { shown: '5-hour limit', wire: 'Current session' },
  weekly_all: { shown: 'Weekly limit', wire: 'All models' },
} as const

export const sessionLabel = labels.session.shown
export const allModelsLabel = labels.weekly_all.shown
export const scopedLabel = (scope: string) => `${allModelsLabel} · ${scope}`

/**
 * Translates a label of the wire, or one stored by an earlier version, to the label shown to people. Those labels come from
 * Claude's usage page: `Current session`, `All models`, `Sonnet only`. All other labels stay unchanged.
 */
export function displayLabel(kind: WindowKind, label: string): string {
  if (kind !== 'weekly_scoped') return label === labels[kind].wire ? labels[kind].shown : label
  const scope = /^(.+) only$/i.exec(label)?.[1]
  return scope === undefined ? label : scopedLabel(scope)
}

/** The inverse of `displayLabel`. The wire keeps these labels: hubs of earlier versions read the scope from `Sonnet only`. */
export function wireLabel({
  kind,
  scope,
  label,
}: {
  readonly kind: WindowKind
  readonly scope?: string | undefined
  readonly label: string
}): string {
  if (kind !== 'weekly_scoped') return label === labels[kind].shown ? labels[kind].wire : label
  return scope !== undefined && label === scopedLabel(scope) ? `${scope} only` : label
}
