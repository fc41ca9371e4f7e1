import { type RuleForm, ruleForms } from '@signalbox/contract/alert-rule-form'
import { channelFields } from '@signalbox/contract/channel-field'
import { expect, test } from 'vitest'
import { channelFieldWords } from './de/packages/channel-fields.ts'
import { ruleFormWords } from './de/packages/rule-forms.ts'
import { translateChannelFields } from './translate-channel-fields.ts'
import { translateRuleForms } from './translate-rule-forms.ts'

/** Values that are the same in both languages. */
const same = /^(Budget|Limit|Server|Chat|Thread|Homeserver|Tags|https?:.*|slack|us|no|60|3600)$/

/** Where a table says in German what it says in English, though it is no name. */
function stayedEnglish(english: unknown, german: unknown, path = ''): string[] {
  if (typeof english === 'string')
    return english === german &&
      !same.test(english) &&
      !/(unit|severity|value|name|type|example|filter|default|choices)/.test(path.replace(/choices\.\d+\.label$/, 'label'))
      ? [path]
      : []
  if (typeof english !== 'object' || english === null) return []
  return Object.entries(english).flatMap(([key, value]) => stayedEnglish(value, (german as Record<string, unknown>)[key], `${path}.${key}`))
}

test('the form of every rule is in German, its helps and choices included', () => {
  const german = translateRuleForms(ruleFormWords)
  expect(Object.keys(german)).toEqual(Object.keys(ruleForms))
  for (const [kind, form] of Object.entries(ruleForms) as [keyof typeof ruleForms, RuleForm][]) {
    const words = ({ label, description, parameters }: RuleForm) => ({
      label,
      description,
      parameters: Object.fromEntries(
        Object.entries(parameters).map(([name, { label, help, sentence, choices }]) => [
          name,
          { label, help, sentence, said: choices?.map((one) => one.label) },
        ]),
      ),
    })
    expect(stayedEnglish(words(form), words(german[kind])), kind).toEqual([])
    for (const [name, { sentence }] of Object.entries(german[kind].parameters))
      if (sentence !== undefined) expect(sentence, name).toContain('…')
    // What a form does with them is the same.
    expect(german[kind].severity).toBe(form.severity)
  }
})

test('every field of a channel is in German, and none is left over', () => {
  const german = translateChannelFields(channelFieldWords)
  for (const [kind, fields] of Object.entries(channelFields) as [keyof typeof channelFields, (typeof channelFields)['email']][]) {
    expect(Object.keys(channelFieldWords[kind]).sort()).toEqual(fields.map(({ name }) => name).sort())
    const words = (all: typeof fields) => all.map(({ label, help, without }) => ({ label, help, without }))
    expect(stayedEnglish(words(fields), words(german[kind])), kind).toEqual([])
  }
})
