import type { Row, Rule } from './panel.ts'

/** Where the runbooks are: summaries link to them. */
const RUNBOOKS = 'docs/RUNBOOKS.md'

export function allRules(table: readonly Row[]): Rule[] {
  return table.flatMap(({ panels }) => panels.flatMap(({ rules = [] }) => rules))
}

/** The file of rules, as Prometheus reads it. @param waitFor replaces how long each rule has to hold, for tests */
export function rulesFile(table: readonly Row[], waitFor?: string): object {
  const rules = allRules(table).map(({ alert, expr, for: holds, severity, summary, runbook }) => ({
    alert,
    expr,
    for: waitFor ?? holds,
    labels: { severity },
    annotations: { summary, runbook: `${RUNBOOKS}#${runbook}` },
  }))
  return { groups: [{ name: 'signalbox', rules }] }
}

/** Tests of the rules for `promtool test rules`: each fires on what it is about, and rests on what looks like it. */
export function ruleTests(table: readonly Row[], file: string): object {
  const at = '30m'
  return {
    rule_files: [file],
    evaluation_interval: '1m',
    tests: allRules(table).flatMap((rule) =>
      (['fires', 'rests'] as const).map((kind) => ({
        name: `${rule.alert} ${kind}`,
        interval: '1m',
        input_series: Object.entries(rule[kind]).map(([series, values]) => ({ series, values })),
        promql_expr_test: [
          {
            expr: `count(ALERTS{alertname="${rule.alert}",alertstate="firing"})`,
            eval_time: at,
            exp_samples: kind === 'fires' ? [{ labels: '{}', value: 1 }] : [],
          },
        ],
      })),
    ),
  }
}
