import { describeExtraUsage } from '@signalbox/client/extra-usage'
import { compact } from '../format.ts'
import { describeAge, describeWindow, joinAccounts, limitInput, readLimitRows, toWindowData } from '../limit-window.ts'
import { defineTool } from '../tool.ts'

export const limitsNow = defineTool({
  name: 'limits_now',
  title: 'Current plan limits',
  description:
    'How much of each limit of the Claude plan is used now, and when each resets: the 5-hour limit ("session"), the weekly limit ("week") ' +
    'and the weekly limits of single models. Use it for "how much is left" and "when does it reset". Returns percentages (over 100 while extra usage pays), ' +
    'instants in UTC, the age of the numbers, and why they are old when they are. Whether a limit lasts until its reset is said by limits_forecast.',
  input: limitInput,
  scope: 'read',
  async run(client, input, context) {
    const all = await readLimitRows(client, input, context)
    return joinAccounts(
      all.map(({ limits, rows }) => {
        const age = describeAge(limits, context.now)
        const extra = describeExtraUsage(limits.extraUsage)
        return {
          limits,
          text: [
            ...rows.map((row) => describeWindow(row, context)),
            ...(extra === undefined ? [] : [`Extra usage: ${extra}.`]),
            age.text,
          ].join('\n'),
          data: compact({
            windows: rows.map((row) => toWindowData(row, context.now)),
            last_updated: limits.lastUpdated,
            source: limits.source,
            machine_id: limits.machine_id,
            account: limits.account,
            account_name: limits.accountName,
            plan: limits.planInfo,
            extra_usage: extra,
            stale_reason: age.reason,
          }),
        }
      }),
    )
  },
})
