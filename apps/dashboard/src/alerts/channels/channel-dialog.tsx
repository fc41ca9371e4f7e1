import type { ChannelKindName } from '@signalbox/contract/channel-kind'
import { type FormEvent, useEffect, useId, useRef, useState } from 'react'
import { channelWords } from '../../hub/alert-words.ts'
import type { Channel } from '../../hub/answer.ts'
import { errorDetails, useChangeChannel, useCreateChannel, useTestChannel } from '../../hub/channels.ts'
import { toProblem } from '../../hub/problem.ts'
import { Button } from '../../ui/button.tsx'
import { CopyLine } from '../../ui/copy-line.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { ProblemNote } from '../../ui/problem-note.tsx'
import { t } from '../../words/channels.ts'
import { ChannelFields } from './channel-fields.tsx'
import { type ChannelForm, emptyChannelForm, fieldProblems, missingFields, toChannelConfig, toChannelForm } from './channel-form.ts'
import { KindChoice } from './kind-choice.tsx'
import { QuietHoursFields } from './quiet-hours-fields.tsx'
import { TestResult } from './test-result.tsx'
import '../../ui/field.css'
import './channel-dialog.css'

const MAX_NAME_LENGTH = 100

/** Sets up a new channel: first its kind, then its fields, with a test before it is saved. */
export function NewChannelDialog({ onClose }: { readonly onClose: () => void }) {
  const [kind, setKind] = useState<ChannelKindName>()
  const create = useCreateChannel()
  if (kind === undefined) {
    return (
      <Dialog onClose={onClose} title={t.newChannel}>
        <KindChoice onChoose={setKind} />
      </Dialog>
    )
  }
  if (create.data !== undefined) {
    const { secret, name } = create.data
    return (
      <Dialog onClose={onClose} title={t.channelCreated}>
        <div className="channel-form">
          {secret === undefined ? (
            <p>{t.isNotifiedFromNow(name)}</p>
          ) : (
            <>
              <p>{t.copySigningSecretOf(name)}</p>
              <CopyLine text={secret} label={t.theSigningSecret} />
            </>
          )}
        </div>
        <div className="dialog-actions">
          <Button variant="primary" onClick={onClose}>
            {t.done}
          </Button>
        </div>
      </Dialog>
    )
  }
  return (
    <FormDialog
      title={t.newChannelOfKind(channelWords[kind].name)}
      kind={kind}
      saved={undefined}
      pending={create.isPending}
      error={create.error}
      onClose={onClose}
      onBack={() => setKind(undefined)}
      onSave={(form) =>
        create.mutate(
          {
            kind,
            name: form.name.trim() === '' ? channelWords[kind].name : form.name.trim(),
            config: toChannelConfig(kind, form),
            quiet_hours: [...form.quietHours],
            lets_through: form.letsThrough,
            action_links: form.actionLinks,
            enabled: form.enabled,
          },
          { onSuccess: ({ secret }) => secret === undefined && onClose() },
        )
      }
    />
  )
}

/** Changes a channel. */
export function ChangeChannelDialog({ channel, onClose }: { readonly channel: Channel; readonly onClose: () => void }) {
  const change = useChangeChannel()
  return (
    <FormDialog
      title={t.change(channel.name)}
      kind={channel.kind}
      saved={channel}
      pending={change.isPending}
      error={change.error}
      onClose={onClose}
      onSave={(form) =>
        change.mutate(
          {
            id: channel.channel_id,
            revision: channel.revision,
            change: {
              ...(form.name.trim() === '' ? {} : { name: form.name.trim() }),
              // Which browser it is cannot be typed.
              ...(channel.kind === 'web_push' ? {} : { config: toChannelConfig(channel.kind, form) }),
              quiet_hours: [...form.quietHours],
              lets_through: form.letsThrough,
              action_links: form.actionLinks,
              enabled: form.enabled,
            },
          },
          { onSuccess: onClose },
        )
      }
    />
  )
}

interface FormDialogProps {
  readonly title: string
  readonly kind: ChannelKindName
  readonly saved: Channel | undefined
  readonly pending: boolean
  readonly error: Error | null
  readonly onSave: (form: ChannelForm) => void
  readonly onClose: () => void
  readonly onBack?: () => void
}

function FormDialog({ title, kind, saved, pending, error, onSave, onClose, onBack }: FormDialogProps) {
  const id = useId()
  const [form, setForm] = useState(() => (saved === undefined ? emptyChannelForm : toChannelForm(saved)))
  const test = useTestChannel()
  const change = (part: Partial<ChannelForm>) => setForm((known) => ({ ...known, ...part }))
  const isMissing = missingFields(kind, form, saved).length > 0
  const refused = { saving: fieldProblems(kind, errorDetails(error)), testing: fieldProblems(kind, errorDetails(test.error)) }
  const isAtFields = (problems: Readonly<Record<string, string>>) => Object.keys(problems).length > 0
  const element = useRef<HTMLFormElement>(null)
  useEffect(() => {
    if (error !== null || test.error !== null) element.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus()
  }, [error, test.error])

  function submit(event: FormEvent): void {
    event.preventDefault()
    onSave(form)
  }
  function sendTest(): void {
    test.mutate({ kind, config: toChannelConfig(kind, form), ...(saved === undefined ? {} : { channel_id: saved.channel_id }) })
  }

  return (
    <Dialog onClose={onClose} title={title}>
      <form className="channel-form" ref={element} onSubmit={submit}>
        <div className="field">
          <label htmlFor={`${id}-name`}>{t.name}</label>
          <input
            id={`${id}-name`}
            className="input"
            maxLength={MAX_NAME_LENGTH}
            autoComplete="off"
            placeholder={channelWords[kind].name}
            value={form.name}
            onChange={(event) => change({ name: event.target.value })}
          />
        </div>
        <ChannelFields kind={kind} form={form} change={change} saved={saved} problems={{ ...refused.testing, ...refused.saving }} />
        <QuietHoursFields form={form} change={change} />
        <label className="check-line">
          <input type="checkbox" checked={form.actionLinks} onChange={(event) => change({ actionLinks: event.target.checked })} />
          {t.messagesHaveLinksThat}
        </label>
        <label className="check-line">
          <input type="checkbox" checked={form.enabled} onChange={(event) => change({ enabled: event.target.checked })} />
          {t.switchedOn}
        </label>
        {kind !== 'web_push' && (
          <div className="channel-test">
            <Button onClick={sendTest} disabled={isMissing || test.isPending}>
              {t.sendTest}
            </Button>
            {!isAtFields(refused.testing) && <TestResult test={test} />}
          </div>
        )}
        {error !== null && !isAtFields(refused.saving) && <ProblemNote {...toProblem(error)} />}
        <div className="dialog-actions">
          {onBack !== undefined && <Button onClick={onBack}>{t.back}</Button>}
          <Button onClick={onClose}>{t.cancel}</Button>
          <Button variant="primary" type="submit" disabled={pending || isMissing}>
            {saved === undefined ? t.createChannel : t.save}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
