import { call, has, type Rule, says } from '../rule.ts'

/** Terms that have a sentence of their own, by the words for them. */
const terms: readonly (readonly [topic: string, pattern: RegExp])[] = [
  ['burn rate', / burn rate /],
  ['stalled', / stalled /],
  ['block', / blocks? /],
  ['list price', / list price /],
  ['slot', / slots? /],
  ['collector', / collectors? /],
  ['hub', / hub /],
]

export const help: Rule = (question) => {
  const isPaid =
    / (?:actually|really|truly|genuinely|real) .*(?:pay|paying|charged?|billed?|invoiced?|owe|cost me|cost us|costs me|costs us) /.test(
      question.text,
    )
  if (
    has(question, 'really_pay') ||
    ((isPaid ||
      / (?:is|are) (?:this|that|these|those|it) (?:all )?(?:what|the \w+) .*(?:pay|charged|billed|owe) | (?:pay|charged|billed|owe) .*(?:for real|really|actually|in reality) /.test(
        question.text,
      )) &&
      question.ranges.length === 0)
  )
    return call('help', { topic: 'list price' })
  if (has(question, 'ask_me') && question.nameCount === 0 && !has(question, 'alert')) return call('help', { topic: 'assistant' })
  const { text } = question
  const isTerm =
    / (?:mean|means|meaning|meant|definition|define|stand for|explain|call an?) /.test(text) ||
    / what (?:exactly )?(?:is|are) (?:a |an |the )?(?:\w+ ){1,2}(?:exactly )?$/.test(text)
  if (isTerm && question.nameCount === 0 && question.ranges.length === 0) {
    const term = terms.find(([, pattern]) => pattern.test(text))
    const isDefined = / (?:mean|means|meaning|meant|definition|define|stand for|exactly|explain|call an?) | is a | are /.test(text)
    if (term !== undefined && isDefined && !says(question, 'my', 'cost', 'now')) return call('help', { topic: term[0] })
  }
  if (!has(question, 'how_to', 'connect')) return undefined
  if (has(question, 'key') && has(question, 'how_to')) return call('help', { topic: 'keys' })
  const isConnect =
    (has(question, 'connect') || / (?:connect|add|hook|link|attach|join|pair|install) /.test(text)) &&
    (has(question, 'how_to', 'machine') || / (?:laptop|machine|computer|mac|pc|desktop|notebook|box|server|host) /.test(text))
  return isConnect && (has(question, 'how_to') || !says(question, 'connected')) ? call('help', { topic: 'connect' }) : undefined
}
