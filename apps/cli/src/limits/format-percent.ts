/** Never rounded up to 100 %, nor down to 0 %. Above 100 % it is rounded down too. */
export function formatPercent(percent: number): string {
  if (percent > 0 && percent < 0.5) return '<1 %'
  return `${percent < 100 ? Math.min(99, Math.round(percent)) : Math.floor(percent)} %`
}
