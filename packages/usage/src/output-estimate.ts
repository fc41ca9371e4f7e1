import { readModelName } from './model-name.ts'
import type { Random } from './random.ts'

// A call whose transcript never got its final figures has its output in no record, but what the model wrote is there. The output is
// estimated from how long that is: tokens = call + text × bytes + tool_input × bytes + thinking × bytes. The estimate is linear, so
// that of a sum is the sum of the estimates, and a roll-up needs only the sums of the lengths.

/** How much an answer of the model holds by kind, in bytes; of one call or summed over several. */
export interface AnswerLengths {
  readonly text: number
  /** Of the input of tools, as JSON. */
  readonly tool_input: number
  readonly thinking: number
}

/** Answers whose output is known; `calls` of them together. */
export interface KnownAnswers extends AnswerLengths {
  readonly calls: number
  readonly output: number
}

/** Tokens for each call, and for each byte of a kind. */
export interface OutputRates extends AnswerLengths {
  readonly call: number
}

/**
 * The rates for models of which too little is known: those of 226 answers of Opus and Sonnet in public real transcripts
 * (docs/estimates.md says how they were measured, and how far off they are).
 */
export const shippedRates: OutputRates = { call: 68, text: 0.26, tool_input: 0.31, thinking: 0.31 }

/** How far the estimate of a hundred calls may be off with the shipped rates, as a share: the worst of nine versions in docs/estimates.md. */
export const SHIPPED_ERROR = 0.18

/** The answers from which on their own error can be measured. */
export const MIN_KNOWN_ANSWERS = 50

/** The shipped rates count like so many answers of the usual lengths. */
const PRIOR_ANSWERS = 20
/** The mean of (length squared / output) of real answers: what one answer says about each rate. */
const priorWeights: OutputRates = { call: 0.005, text: 225, tool_input: 2_200, thinking: 365 }

const terms = ['call', 'text', 'tool_input', 'thinking'] as const
type Term = (typeof terms)[number]

/** The family of a model, of which all answers are written alike: `opus`, `sonnet`; the whole name for models of other vendors. */
export function modelFamily(model: string): string {
  const { id } = readModelName(model)
  return /^claude-(?:[\d-]+-)?([a-z]+)/.exec(id)?.[1] ?? id
}

/** Estimates the output of calls, in tokens; of several by the sum of their lengths. Not rounded. */
export function estimateOutput(rates: OutputRates, answers: AnswerLengths & { readonly calls: number }): number {
  const { calls, text, tool_input, thinking } = answers
  return calls * rates.call + text * rates.text + tool_input * rates.tool_input + thinking * rates.thinking
}

/**
 * Fits the rates to answers with a known output: least squares, each answer weighted by the inverse of its output, because a long
 * answer scatters more. Few answers leave the rates near the shipped ones; no rate is negative.
 */
export function fitOutputRates(answers: readonly KnownAnswers[], prior: OutputRates = shippedRates): OutputRates {
  const matrix = terms.map((row) => terms.map((column) => (row === column ? PRIOR_ANSWERS * priorWeights[row] : 0)))
  const vector = terms.map((term) => PRIOR_ANSWERS * priorWeights[term] * prior[term])
  // Reused, because this runs for thousands of answers, hundreds of times where the error is measured.
  const lengths = [0, 0, 0, 0]
  for (const { calls, text, tool_input, thinking, output } of answers) {
    if (output <= 0) continue
    lengths[0] = calls
    lengths[1] = text
    lengths[2] = tool_input
    lengths[3] = thinking
    for (let row = 0; row < 4; row++) {
      const length = lengths[row]!
      if (length === 0) continue
      const weighted = length / output
      const sums = matrix[row]!
      vector[row]! += length
      for (let column = 0; column < 4; column++) sums[column]! += weighted * lengths[column]!
    }
  }
  return solveWithoutNegatives(matrix, vector)
}

/** Solves the equations; a term that would be negative becomes 0, and the others are solved again. */
function solveWithoutNegatives(matrix: readonly (readonly number[])[], vector: readonly number[]): OutputRates {
  let kept = [...terms.keys()]
  for (;;) {
    const solution = solve(
      kept.map((row) => kept.map((column) => matrix[row]![column]!)),
      kept.map((row) => vector[row]!),
    )
    if (solution.every((rate) => rate >= 0)) {
      const rates: Record<Term, number> = { call: 0, text: 0, tool_input: 0, thinking: 0 }
      for (const [index, term] of kept.entries()) rates[terms[term]!] = solution[index]!
      return rates
    }
    kept = kept.filter((_, index) => solution[index]! >= 0)
  }
}

/** Solves linear equations with a symmetric positive definite matrix, by Gaussian elimination. */
function solve(matrix: readonly (readonly number[])[], vector: readonly number[]): number[] {
  const rows = matrix.map((row, index) => [...row, vector[index]!])
  for (const [pivot, pivotRow] of rows.entries()) {
    for (const [index, row] of rows.entries()) {
      if (index === pivot) continue
      const factor = row[pivot]! / pivotRow[pivot]!
      for (let column = pivot; column < row.length; column++) row[column]! -= factor * pivotRow[column]!
    }
  }
  return rows.map((row, index) => row.at(-1)! / row[index]!)
}

/** How far estimates are off, as shares of the true sum. */
export interface EstimateError {
  /** The error that nine of ten sums stay within. */
  readonly p90: number
  /** The share of sums that are within 15 %. */
  readonly within15: number
  /** The mean of the signed errors. */
  readonly bias: number
}

/**
 * Measures the error of sums over `calls` calls on answers whose output is known: half of them, at random, fit the rates, and the
 * sums are drawn from the other half.
 */
export function measureEstimateError(answers: readonly KnownAnswers[], random: Random, calls = 100, rounds = 500): EstimateError {
  const errors: number[] = []
  for (let round = 0; round < rounds; round++) {
    const shuffled = random.shuffle(answers)
    const half = shuffled.length >> 1
    const rates = fitOutputRates(shuffled.slice(0, half))
    const tested = shuffled.slice(half)
    let estimated = 0
    let output = 0
    for (let call = 0; call < calls; call++) {
      const answer = random.pick(tested)
      estimated += estimateOutput(rates, answer)
      output += answer.output
    }
    errors.push(estimated / output - 1)
  }
  const sizes = errors.map(Math.abs).sort((a, b) => a - b)
  return {
    p90: sizes[Math.ceil(0.9 * sizes.length) - 1]!,
    within15: sizes.filter((size) => size <= 0.15).length / sizes.length,
    bias: errors.reduce((sum, error) => sum + error, 0) / errors.length,
  }
}
