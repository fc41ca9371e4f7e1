import type { PriceRow } from '../hub/price.ts'

/** The rows of a table for one model. */
export interface ModelPrices {
  readonly model: string
  readonly rows: readonly PriceRow[]
}

/** The rows by model, in the order of the table. */
export function byModel(rows: readonly PriceRow[]): ModelPrices[] {
  return [...Map.groupBy(rows, ({ model }) => model)].map(([model, own]) => ({ model, rows: own }))
}

/** The models of a table that calls have, however these write them: with a date, a region or a version behind the name. */
export function usedModels(models: readonly ModelPrices[], used: readonly string[]): ModelPrices[] {
  const isPart = (model: string, name: string) => {
    const at = name.indexOf(model)
    // `claude-opus-4` is no part of `claude-opus-4-8`, and is one of `claude-opus-4-20250514`.
    return at !== -1 && !/^-\d{1,2}(?!\d)/.test(name.slice(at + model.length))
  }
  return models.filter(({ model }) => used.some((name) => isPart(model, name)))
}
