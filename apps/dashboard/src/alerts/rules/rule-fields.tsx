import { type FilterField, filterFields, type RuleForm as KindForm, type ParameterField } from '@signalbox/contract/alert-rule-form'
import type { AlertRuleKind } from '@signalbox/contract/alert-rule-kind'
import { type AlertSeverity, alertSeverities } from '@signalbox/contract/alert-severity'
import { type ReactNode, useId } from 'react'
import type { Channel } from '../../hub/answer.ts'
import { Button } from '../../ui/button.tsx'
import { ruleForms } from '../../words/rule-forms.ts'
import { t } from '../../words/rules.ts'
import { severityNames } from '../severity-mark.tsx'
import { ChannelPicker } from './channel-picker.tsx'
import type { RuleForm, RuleProblems } from './rule-form.ts'

const MAX_STEPS = 5

export interface RuleFieldsProps {
  readonly kind: AlertRuleKind
  readonly form: RuleForm
  readonly problems: RuleProblems
  readonly channels: readonly Channel[]
  readonly change: (part: Partial<RuleForm>) => void
}

/** The fields of a rule: what it watches for, whom it notifies, and when again. */
export function RuleFields({ kind, form, problems, channels, change }: RuleFieldsProps) {
  const { parameters: fields, filter: filters }: KindForm = ruleForms[kind]
  // A field that is wrong has to be seen.
  const hasProblem = Object.keys(problems).some((name) => !name.startsWith('parameters.'))
  const setStep = (at: number, part: Partial<RuleForm['escalate'][number]>) =>
    change({ escalate: form.escalate.map((step, index) => (index === at ? { ...step, ...part } : step)) })
  return (
    <>
      {Object.entries(fields).map(([name, field]) => (
        <ParameterInput
          key={name}
          field={field}
          text={form.parameters[name] ?? ''}
          problem={problems[`parameters.${name}`]}
          onChange={(text) => change({ parameters: { ...form.parameters, [name]: text } })}
        />
      ))}
      {filters.length > 0 && <FilterInputs names={filters} form={form} change={change} />}
      <ChannelPicker
        legend={t.channels}
        value={form.channels}
        channels={channels}
        none={t.withoutOneAlertIs}
        onChange={(chosen) => change({ channels: chosen })}
      />
      <details className="more-fields" open={hasProblem || undefined}>
        <summary>{t.severityRemindersAndEscalation}</summary>
        <Labelled label={t.severity}>
          {(id) => (
            <select
              id={id}
              className="input"
              value={form.severity ?? ''}
              onChange={(event) => change({ severity: event.target.value === '' ? undefined : (event.target.value as AlertSeverity) })}
            >
              <option value="">{t.asKindSays(severityNames[ruleForms[kind].severity])}</option>
              {alertSeverities.map((severity) => (
                <option key={severity} value={severity}>
                  {severityNames[severity]}
                </option>
              ))}
            </select>
          )}
        </Labelled>
        <TextField
          label={t.remindEvery}
          optional
          text={form.repeats}
          problem={problems.repeats}
          example={t.oneHour}
          help={t.whileItIsOpen}
          onChange={(repeats) => change({ repeats })}
        />
        {form.escalate.map((step, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a step has no other identity
          <fieldset key={at} className="escalation-step">
            <legend className="visually-hidden">{t.escalation(at + 1)}</legend>
            <TextField
              label={t.notAcknowledgedFor}
              text={step.after}
              problem={problems[`escalate.${at}`]}
              example={t.thirtyMinutes}
              onChange={(after) => setStep(at, { after })}
            />
            <ChannelPicker
              legend={t.thenAlsoNotify}
              value={step.channels}
              channels={channels}
              onChange={(chosen) => setStep(at, { channels: chosen })}
            />
            <div>
              <Button
                variant="bare"
                onClick={() => change({ escalate: form.escalate.toSpliced(at, 1) })}
                aria-label={t.removeEscalation(at + 1)}
              >
                {t.remove}
              </Button>
            </div>
          </fieldset>
        ))}
        <div className="escalation-add">
          <Button
            disabled={form.escalate.length >= MAX_STEPS}
            onClick={() => change({ escalate: [...form.escalate, { after: '30 min', channels: 'all' }] })}
          >
            {t.addEscalation}
          </Button>
        </div>
        <TextField
          label={t.mustHoldFor}
          text={form.holds}
          problem={problems.holds}
          example={t.noTime}
          help={t.beforeAlertOpens}
          onChange={(holds) => change({ holds })}
        />
        <TextField
          label={t.mustBeOverFor}
          text={form.clears}
          problem={problems.clears}
          example={t.oneMinute}
          help={t.beforeAlertCloses}
          onChange={(clears) => change({ clears })}
        />
        <label className="check-line">
          <input type="checkbox" checked={form.recovery} onChange={(event) => change({ recovery: event.target.checked })} />
          {t.sayAlsoWhenIt}
        </label>
      </details>
    </>
  )
}

const filterLabels: Readonly<Record<FilterField, readonly [label: string, example: string]>> = {
  project_id: [t.onlyProjects, 'shop-*, api'],
  machine_id: [t.onlyMachines, 'laptop, box-*'],
  model: [t.onlyModels, 'claude-opus-*'],
}

function FilterInputs({ names, form, change }: Pick<RuleFieldsProps, 'form' | 'change'> & { readonly names: readonly FilterField[] }) {
  return filterFields
    .filter((name) => names.includes(name))
    .map((name) => {
      const [label, example] = filterLabels[name]
      return (
        <TextField
          key={name}
          label={label}
          optional
          text={form.filter[name] ?? ''}
          example={example}
          help={t.patternsWithCommasBetween}
          onChange={(text) => change({ filter: { ...form.filter, [name]: text } })}
        />
      )
    })
}

interface ParameterInputProps {
  readonly field: ParameterField
  readonly text: string
  readonly problem: string | undefined
  readonly onChange: (text: string) => void
}

const examples: Readonly<Partial<Record<ParameterField['unit'], string>>> = {
  ms: '10 min',
  percents: '50, 80, 100',
  usd: '20',
  time_zone: t.europeBerlin,
  patterns: t.processEndedStalledFor,
}
const unitNames: Readonly<Partial<Record<ParameterField['unit'], string>>> = {
  percent: t.inPercent,
  percents: t.inPercent,
  usd: t.inDollars,
}

function ParameterInput({ field, text, problem, onChange }: ParameterInputProps) {
  const { label, unit, choices, help } = field
  const named = unitNames[unit] === undefined ? label : `${label}, ${unitNames[unit]}`
  if (unit !== 'choice') {
    const isOptional = field.optional === true || unit === 'patterns'
    return (
      <TextField
        label={named}
        optional={isOptional}
        text={text}
        problem={problem}
        example={examples[unit]}
        help={help}
        onChange={onChange}
      />
    )
  }
  return (
    <Labelled label={named} problem={problem} help={help}>
      {(id, describedBy) => (
        <select
          id={id}
          className="input"
          value={text}
          onChange={(event) => onChange(event.target.value)}
          aria-invalid={problem === undefined ? undefined : true}
          aria-describedby={describedBy}
        >
          {field.default === undefined && <option value="">{t.choose}</option>}
          {choices?.map(({ value, label: name }) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Labelled>
  )
}

interface TextFieldProps {
  readonly label: string
  readonly text: string
  readonly onChange: (text: string) => void
  readonly problem?: string | undefined
  readonly help?: string | undefined
  readonly example?: string | undefined
  readonly optional?: boolean
}

function TextField({ label, text, onChange, problem, help, example, optional = false }: TextFieldProps) {
  return (
    <Labelled label={label} optional={optional} problem={problem} help={help}>
      {(id, describedBy) => (
        <input
          id={id}
          className="input"
          autoComplete="off"
          spellCheck={false}
          value={text}
          placeholder={example}
          aria-describedby={describedBy}
          aria-invalid={problem === undefined ? undefined : true}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Labelled>
  )
}

interface LabelledProps {
  readonly label: string
  readonly optional?: boolean
  readonly problem?: string | undefined
  readonly help?: string | undefined
  readonly children: (id: string, describedBy: string | undefined) => ReactNode
}

function Labelled({ label, optional = false, problem, help, children }: LabelledProps) {
  const id = useId()
  const describedBy = problem !== undefined ? `${id}-problem` : help !== undefined ? `${id}-help` : undefined
  return (
    <div className="field">
      <label htmlFor={id}>
        {label}
        {optional && <span className="muted">{t.optional}</span>}
      </label>
      {children(id, describedBy)}
      {problem === undefined ? (
        help !== undefined && (
          <p className="small muted" id={`${id}-help`}>
            {help}
          </p>
        )
      ) : (
        <p className="small field-problem" id={`${id}-problem`} role="alert">
          {t.it(problem)}
        </p>
      )}
    </div>
  )
}
