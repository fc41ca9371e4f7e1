export const widgetCards = ['limits', 'today', 'month', 'models', 'sessions', 'attention'] as const
export type WidgetCard = (typeof widgetCards)[number]

/** What a widget shows: each card once, in the order of the address; the limits where it names none that there is. */
export function readWidgetSearch(query: string): { readonly chosen: readonly WidgetCard[]; readonly account: string | undefined } {
  const search = new URLSearchParams(query)
  const named = (search.get('cards') ?? '').split(',').flatMap((name) => widgetCards.find((card) => card === name.trim()) ?? [])
  return { chosen: named.length === 0 ? ['limits'] : [...new Set(named)], account: search.get('account') ?? undefined }
}
