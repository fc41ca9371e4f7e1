import { call, has, type Rule, says } from '../rule.ts'

export const price: Rule = (question) => {
  const { model, project, machine, session } = question.names
  if (
    project !== undefined ||
    machine !== undefined ||
    session !== undefined ||
    question.ranges.length > 0 ||
    has(question, 'limit', 'really_pay')
  )
    return undefined
  const isPrice =
    has(question, 'price') ||
    (model !== undefined && / how (?:expensive|pricey|dear|costly|cheap) (?:is|are|does) /.test(question.text)) ||
    (model !== undefined &&
      says(
        question,
        'charge for',
        'charged for',
        'charges for',
        'ask for',
        'go for',
        'goes for',
        'how expensive',
        'how cheap',
        'how dear',
        'rate for',
        'rates of',
        'rates for',
      ))
  if (
    model !== undefined &&
    (isPrice || (has(question, 'cost') && / (?:does|do|what) .*cost /.test(question.text) && !says(question, 'did', 'so far', 'me')))
  )
    return call('price_show', { model })
  if (
    has(question, 'price') &&
    !says(question, 'what is list price', 'mean', 'means') &&
    (says(question, 'prices', 'price list', 'price table', 'pricing', 'rate card', 'tariff', 'list prices') || has(question, 'by_model'))
  )
    return call('price_show')
  return undefined
}
