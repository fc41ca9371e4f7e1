import { normaliseModel } from '@signalbox/usage/model-name'
import { fitOutputRates, modelFamily, type OutputRates } from '@signalbox/usage/output-estimate'
import type { KnownAnswer } from '../store/answers.ts'

export type RatesOfModel = (model: string) => OutputRates

/**
 * The rates for each model: fitted to the user's own answers of the model, near those of its family where there are few, and near the
 * shipped ones where there are few of the family. Models of one family may cut texts into tokens differently.
 */
export function ratesOfModels(known: readonly KnownAnswer[]): RatesOfModel {
  const familyOf = remembered(modelFamily)
  const idOf = remembered(normaliseModel)
  const ofFamily = new Map<string, OutputRates>()
  for (const [family, answers] of Map.groupBy(known, ({ model }) => familyOf(model))) ofFamily.set(family, fitOutputRates(answers))
  const ofModel = new Map<string, OutputRates>()
  for (const [id, answers] of Map.groupBy(known, ({ model }) => idOf(model))) {
    ofModel.set(id, fitOutputRates(answers, ofFamily.get(familyOf(id))))
  }
  return remembered((model) => ofModel.get(idOf(model)) ?? ofFamily.get(familyOf(model)) ?? fitOutputRates([]))
}

/** Works a value out once for each text: to read the name of a model takes longer than to use its rates. */
function remembered<T>(work: (text: string) => T): (text: string) => T {
  const values = new Map<string, T>()
  return (text) => {
    let value = values.get(text)
    if (value === undefined) {
      value = work(text)
      values.set(text, value)
    }
    return value
  }
}
