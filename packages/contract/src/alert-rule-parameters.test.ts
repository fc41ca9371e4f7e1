import { expect, it } from 'vitest'
import { filterFields, type ParameterField, ruleForms } from './alert-rule-form.ts'
import { alertRuleKinds } from './alert-rule-kind.ts'
import { alertFilterSchema, alertRuleParameters } from './alert-rule-parameters.ts'

/** What a budget must be given. */
const required = { amount_usd: 20, period: 'day' }

it.each(alertRuleKinds)('has a form of %s with the parameters, the defaults and the bounds of its schema', (kind) => {
  const schema = alertRuleParameters[kind]
  const fields: Readonly<Record<string, ParameterField>> = ruleForms[kind].parameters
  // The form of a rule has its filter once, for every kind.
  expect(Object.keys(fields)).toEqual(Object.keys(schema.shape).filter((name) => name !== 'filter'))
  const given = kind === 'budget' ? required : {}
  const defaults = Object.entries(fields).flatMap(([name, field]) => (field.default === undefined ? [] : [[name, field.default]]))
  expect(schema.parse(given)).toEqual({ ...given, ...Object.fromEntries(defaults) })
  for (const [name, field] of Object.entries(fields)) {
    const accepts = (value: unknown) => schema.safeParse({ ...given, [name]: value }).success
    const values = (of: unknown) => (field.unit === 'percents' ? [of] : of)
    if (field.min !== undefined) expect([accepts(values(field.min)), accepts(values(field.min - 0.001))], name).toEqual([true, false])
    if (field.max !== undefined) expect([accepts(values(field.max)), accepts(values(field.max + 1))], name).toEqual([true, false])
    for (const { value } of field.choices ?? []) expect(accepts(value), `${name} ${value}`).toBe(true)
    if (field.choices !== undefined) expect(accepts('something else'), name).toBe(false)
    if (field.default === undefined && field.optional === undefined) expect(Object.keys(required), name).toContain(name)
  }
})

it('has the fields of the filter that the form has', () => {
  expect(Object.keys(alertFilterSchema.shape)).toEqual([...filterFields])
})

it.each<[Record<string, unknown>, string]>([
  [{ at: [] }, 'no share'],
  [{ at: [80, 80] }, 'a share twice'],
  [{ timezone: 'Mars/Olympus' }, 'an unknown time zone'],
  [{ filter: { project_id: [] } }, 'a filter without a pattern'],
  [{ filter: { branch: ['main'] } }, 'a filter of another field'],
])('refuses a budget with %j: %s', (more, _) => {
  expect(alertRuleParameters.budget.safeParse({ ...required, ...more }).success).toBe(false)
})

it('takes a budget with a filter and a time zone', () => {
  const budget = { ...required, at: [100], timezone: 'Europe/Berlin', filter: { project_id: ['shop-*'], model: ['*opus*'] } }
  expect(alertRuleParameters.budget.parse(budget)).toEqual(budget)
})
