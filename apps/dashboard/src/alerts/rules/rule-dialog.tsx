import type { RuleForm as KindForm } from '@signalbox/contract/alert-rule-form'
import { type AlertRuleKind, alertRuleKinds } from '@signalbox/contract/alert-rule-kind'
import { type FormEvent, useEffect, useId, useRef, useState } from 'react'
import { type CreateAlertRule, usePreviewRule, useSaveRule } from '../../hub/alert-rules.ts'
import type { AlertRule } from '../../hub/answer.ts'
import { useChannels } from '../../hub/channels.ts'
import { toProblem } from '../../hub/problem.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { ProblemNote } from '../../ui/problem-note.tsx'
import { ruleForms } from '../../words/rule-forms.ts'
import { t } from '../../words/rules.ts'
import { PreviewResult } from './preview-result.tsx'
import { RuleFields } from './rule-fields.tsx'
import { newRuleForm, type RuleForm, type RuleProblems, readRuleForm, toRuleForm } from './rule-form.ts'
import '../../ui/field.css'
import './rule-dialog.css'

const MAX_NAME_LENGTH = 100
const FIRST_KIND: AlertRuleKind = 'session_waiting'

/** Creates a rule, or changes one, with a preview of the last 7 days before it is saved. */
export function RuleDialog({ rule, onClose }: { /** Undefined for a new one. */ readonly rule?: AlertRule; readonly onClose: () => void }) {
  const id = useId()
  const channels = useChannels()
  const save = useSaveRule()
  const preview = usePreviewRule()
  const [kind, setKind] = useState<AlertRuleKind>(rule?.kind ?? FIRST_KIND)
  const [form, setForm] = useState<RuleForm>(() => (rule === undefined ? newRuleForm(FIRST_KIND) : toRuleForm(rule)))
  const [problems, setProblems] = useState<RuleProblems>({})
  const element = useRef<HTMLFormElement>(null)
  // After a try to save it, the first field that is wrong.
  useEffect(() => {
    if (Object.keys(problems).length > 0) element.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus()
  }, [problems])
  const words: KindForm = ruleForms[kind]
  const error = save.error ?? preview.error

  function change(part: Partial<RuleForm>): void {
    setForm((known) => ({ ...known, ...part }))
    // A preview of other values would mislead.
    preview.reset()
  }
  function choose(next: AlertRuleKind): void {
    setKind(next)
    setForm((known) => ({ ...newRuleForm(next), name: known.name, channels: known.channels }))
    setProblems({})
    preview.reset()
  }
  /** Runs with the rule that was typed, or shows what is wrong with it. */
  function withRule(use: (wanted: CreateAlertRule) => void): void {
    const read = readRuleForm(kind, form)
    setProblems('problems' in read ? read.problems : {})
    if ('rule' in read) use(read.rule)
  }
  function submit(event: FormEvent): void {
    event.preventDefault()
    withRule((wanted) => {
      const { kind: _, ...settable } = wanted
      save.mutate(
        rule === undefined
          ? { kind: 'create', rule: wanted }
          : { kind: 'change', id: rule.rule_id, change: settable, revision: rule.revision },
        { onSuccess: onClose },
      )
    })
  }

  return (
    <Dialog onClose={onClose} title={rule === undefined ? t.newRule : t.change(rule.name)}>
      <form className="rule-form" onSubmit={submit} noValidate ref={element}>
        {rule === undefined && (
          <div className="field">
            <label htmlFor={`${id}-kind`}>{t.watchFor}</label>
            <select id={`${id}-kind`} className="input" value={kind} onChange={(event) => choose(event.target.value as AlertRuleKind)}>
              {alertRuleKinds.map((name) => (
                <option key={name} value={name}>
                  {ruleForms[name].label}
                </option>
              ))}
            </select>
          </div>
        )}
        <p className="small muted">{words.description}</p>
        <div className="field">
          <label htmlFor={`${id}-name`}>{t.name}</label>
          <input
            id={`${id}-name`}
            className="input"
            maxLength={MAX_NAME_LENGTH}
            autoComplete="off"
            placeholder={words.label}
            value={form.name}
            onChange={(event) => change({ name: event.target.value })}
          />
        </div>
        <RuleFields kind={kind} form={form} problems={problems} channels={channels.data ?? []} change={change} />
        <label className="check-line">
          <input type="checkbox" checked={form.enabled} onChange={(event) => change({ enabled: event.target.checked })} />
          {t.switchedOn}
        </label>
        {preview.data !== undefined && <PreviewResult preview={preview.data} />}
        {error !== null && <ProblemNote {...toProblem(error)} />}
        <div className="dialog-actions">
          <Button onClick={() => withRule((wanted) => preview.mutate(wanted))} disabled={preview.isPending}>
            {preview.isPending ? t.lookingBack : t.previewSevenDays}
          </Button>
          <Button onClick={onClose}>{t.cancel}</Button>
          <Button variant="primary" type="submit" disabled={save.isPending}>
            {rule === undefined ? t.createRule : t.save}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
