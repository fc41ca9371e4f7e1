import { call, has, type Rule, says } from '../rule.ts'
import { resets } from './limits.ts'

export const health: Rule = (question) => {
  if (has(question, 'cost', 'task') && !has(question, 'age', 'arrived')) return undefined
  if (question.names.project !== undefined || question.names.session !== undefined) return undefined
  if (has(question, 'collector')) return call('hub_health', { about: 'collector' })
  const isLimit = has(question, 'limit', 'reading') || question.window !== undefined
  if (
    isLimit &&
    !resets.test(question.text) &&
    (has(question, 'age') ||
      / current $| still current | (?:read|updated|refreshed|fetched|checked|synced|measured|taken|loaded) last | last (?:read|updated|refreshed|fetched|checked|synced|measured|taken|loaded) /.test(
        question.text,
      )) &&
    !has(question, 'alert')
  )
    return call('hub_health', { about: 'limits' })
  if (has(question, 'arrived') && (has(question, 'call', 'cost') || says(question, 'usage', 'data', 'last usage')))
    return call('hub_health', { about: 'usage' })
  if (says(question, 'log in', 'sign in', 'login') && has(question, 'login') && !has(question, 'how_to'))
    return call('hub_health', { about: 'collector' })
  const isHub =
    has(question, 'hub') ||
    (says(question, 'signalbox') && has(question, 'login', 'online', 'active')) ||
    /^ (?:hey |hi )?how are you /.test(question.text)
  if (isHub && question.names.machine === undefined && !has(question, 'session', 'machine', 'limit', 'how_to')) return call('hub_health')
  return / everything (?:all right|alright|ok|okay|fine|good|in order|working|running|still up|up) /.test(question.text)
    ? call('hub_health')
    : undefined
}
