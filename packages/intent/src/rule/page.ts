import { call, has, type Rule, says } from '../rule.ts'

const screens: readonly (readonly [to: string, pattern: RegExp])[] = [
  ['settings', / (?:settings|preferences|configuration|options) /],
  ['limits', / limits? /],
  ['sessions', / sessions? /],
  ['usage', / usage /],
  ['today', / (?:today|home|start|overview) /],
]

/** To a screen of the page, or how the page looks. */
export const page: Rule = (question) => {
  const { text } = question
  if (/ too dark /.test(text)) return call('look_set', { theme: 'light' })
  if (/ too (?:bright|light) /.test(text)) return call('look_set', { theme: 'dark' })
  if ((has(question, 'theme') || says(question, 'theme', 'mode')) && has(question, 'dark', 'light') && question.nameCount === 0)
    return call('look_set', { theme: has(question, 'dark') ? 'dark' : 'light' })
  if (question.nameCount > 0 || question.unknown.length > 0) return undefined
  const screen = screens.find(([, pattern]) => pattern.test(text))?.[0]
  if (screen === undefined) return undefined
  if (screen === 'settings')
    return has(question, 'go', 'page') || says(question, 'change', 'want', 'where', 'settings')
      ? call('navigate', { to: 'settings' })
      : undefined
  const isMoving = / (?:open|go to|goto|bring me|take me|back to|navigate|jump to|switch to|go back|visit|head to|move to) /.test(text)
  const isGo = /^ (?:please )?(?:go|open|goto) (?:to )?(?:the )?(?:today|usage|limits|sessions|home) $/.test(text)
  const isPage = / (?:page|screen|view|tab|panel) /.test(text)
  const isShort =
    question.tokens.length <= 7 &&
    question.ranges.every((range) => range === 'today') &&
    !/ (?:open (?:tasks|block|sessions) (?!page|screen|view|tab)|read|usage page again|refresh|reload|fresh) /.test(text)
  return isGo || ((isMoving || isPage) && isShort) ? call('navigate', { to: screen }) : undefined
}
