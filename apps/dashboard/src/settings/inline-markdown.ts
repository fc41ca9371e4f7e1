export interface Inline {
  readonly kind: 'text' | 'strong' | 'emphasis' | 'code'
  readonly text: string
}

/** Code, strong and emphasised text of a line of Markdown; of links their text. */
export function inlineOf(line: string): Inline[] {
  const found: Inline[] = []
  let at = 0
  for (const match of line.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').matchAll(/`([^`]+)`|\*\*([^*]+)\*\*|\*([^*]+)\*/g)) {
    const before = match.input.slice(at, match.index)
    if (before !== '') found.push({ kind: 'text', text: before })
    const [whole, code, strong, emphasis = ''] = match
    found.push(
      code !== undefined
        ? { kind: 'code', text: code }
        : strong !== undefined
          ? { kind: 'strong', text: strong.replaceAll('`', '') }
          : { kind: 'emphasis', text: emphasis },
    )
    at = match.index + whole.length
  }
  const rest = line.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').slice(at)
  return rest === '' ? found : [...found, { kind: 'text', text: rest }]
}
