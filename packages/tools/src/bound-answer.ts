import { countOf } from '@signalbox/contract/plural'

type Data = Readonly<Record<string, unknown>>

/**
 * Cuts the longest lists of an answer until it is at most so many characters as JSON, and says of each how many rows it
 * lost: a client would cut it anywhere, and say nothing.
 */
export function boundAnswer(data: Data, maxLength: number): Data {
  const cut: Record<string, unknown> = { ...data }
  const lost: Record<string, number> = {}
  while (JSON.stringify({ ...cut, rows_cut: lost }).length > maxLength) {
    const [name, rows] = longestList(cut)
    if (name === undefined) return { summary: data.summary, left_out: 'The details are too long. Ask for less, with top or a filter.' }
    const kept = rows.slice(0, Math.floor(rows.length / 2))
    lost[name] = (lost[name] ?? 0) + rows.length - kept.length
    cut[name] = kept
  }
  return Object.keys(lost).length === 0 ? data : { ...cut, rows_cut: lost }
}

/** Cuts whole lines from the end of a text, and says how many. */
export function boundText(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text
  const lines = text.split('\n')
  // Room for the line that says what was cut.
  let room = maxLength - 50
  let kept = 0
  while (kept < lines.length && room > lines[kept]!.length) room -= lines[kept++]!.length + 1
  if (kept === 0) return `${text.slice(0, maxLength - 1)}…`
  return [...lines.slice(0, kept), `${countOf(lines.length - kept, 'more line')} left out.`].join('\n')
}

function longestList(data: Data): readonly [name: string | undefined, rows: readonly unknown[]] {
  const lists = Object.entries(data).filter((entry): entry is [string, unknown[]] => Array.isArray(entry[1]) && entry[1].length > 0)
  const byLength = lists.map(([name, rows]) => ({ name, rows, length: JSON.stringify(rows).length })).sort((a, b) => b.length - a.length)
  return [byLength[0]?.name, byLength[0]?.rows ?? []]
}
