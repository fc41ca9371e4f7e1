/**
 * A sum of money in pico-dollars (10⁻¹² USD): micro-dollars per million tokens times tokens, so sums are exact. A number
 * holds 2^53 of them, which is only $9,007; therefore a sum has two parts.
 */
export interface PicoSum {
  low: number
  high: bigint
}

const PICO_PER_USD = 1_000_000_000_000n

/** Adds a safe integer or a BigInt of pico-dollars, exactly. */
export function addPico(sum: PicoSum, pico: number | bigint): void {
  if (typeof pico === 'bigint') {
    sum.high += pico
    return
  }
  const low = sum.low + pico
  if (low <= Number.MAX_SAFE_INTEGER) {
    sum.low = low
  } else {
    sum.high += BigInt(sum.low)
    sum.low = pico
  }
}

/** Adds a whole sum to another. */
export function addPicoSum(sum: PicoSum, other: PicoSum): void {
  if (other.high !== 0n) sum.high += other.high
  addPico(sum, other.low)
}

/** @returns pico-dollars */
export function toPico(sum: PicoSum): bigint {
  return sum.high + BigInt(sum.low)
}

/** The nearest number of dollars, for output only: calculations with it are not exact. */
export function picoToUsd(pico: bigint): number {
  const sign = pico < 0n ? '-' : ''
  const size = pico < 0n ? -pico : pico
  // Parsing the decimal text rounds once; dividing the two parts would round twice.
  return Number(`${sign}${size / PICO_PER_USD}.${String(size % PICO_PER_USD).padStart(12, '0')}`)
}

/** Converts a sum to dollars, without a BigInt where the sum is small. */
export function sumToUsd(sum: PicoSum): number {
  return sum.high === 0n ? sum.low / 1e12 : picoToUsd(toPico(sum))
}
