/**
 * Money inside is whole pico-dollars (10⁻¹² USD): micro-dollars per million tokens times tokens, so nothing is ever
 * rounded. 2^53 of them is only $9,007, therefore a sum is kept in two parts.
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
export function picoOf(sum: PicoSum): bigint {
  return sum.high + BigInt(sum.low)
}

/** The nearest number of dollars. For the edge only: never calculate with it. */
export function picoToUsd(pico: bigint): number {
  const sign = pico < 0n ? '-' : ''
  const size = pico < 0n ? -pico : pico
  // Reading the decimal text rounds once; a division of the halves would round twice.
  return Number(`${sign}${size / PICO_PER_USD}.${String(size % PICO_PER_USD).padStart(12, '0')}`)
}

/** The same for a sum, without a BigInt where the sum is small. */
export function sumToUsd(sum: PicoSum): number {
  return sum.high === 0n ? sum.low / 1e12 : picoToUsd(picoOf(sum))
}
