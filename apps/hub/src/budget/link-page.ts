import type { Budget } from '@signalbox/contract/budget'
import { isPlanKind } from '@signalbox/contract/budget-kind'
import { confirmPage } from '../http/confirm-page.ts'
import type { LinkedPage } from '../http/linked-page.ts'

/** The page that a one-use link opens: it asks once more. */
export function linkPage(budget: Pick<Budget, 'name' | 'kind' | 'line' | 'used'>, amount: number): LinkedPage {
  const { name, kind, line, used } = budget
  const text = (value: number) => amountText(kind, value)
  const html = confirmPage({
    title: `Go on by ${text(amount)}?`,
    lines: [
      `The budget ${name} has its line at ${text(line)}${used === undefined ? '' : `, and ${text(used)} is used`}.`,
      `Going on raises the line of this period to ${text(line + amount)}. The next period has the old line again.`,
    ],
    actions: [{ value: 'go-on', label: 'Go on' }],
  })
  return { html, status: 200 }
}

export function amountText(kind: Budget['kind'], amount: number): string {
  return isPlanKind(kind) ? `${Math.round(amount * 10) / 10}%` : `$${amount.toFixed(2)}`
}
