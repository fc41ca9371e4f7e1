import { toProblem } from '../../hub/problem.ts'
import { useBrowserPush, useRemoveBrowser, useSwitchPush } from '../../hub/push.ts'
import type { PushState } from '../../hub/push-state.ts'
import { Button } from '../../ui/button.tsx'
import { Ago } from '../../ui/moment.tsx'
import { ProblemNote } from '../../ui/problem-note.tsx'
import { browserTimeZone } from '../../ui/time-format.ts'
import { t } from '../../words/channels.ts'
import './push-button.css'

/** Why this browser cannot show notifications, and what helps. */
const obstacles: Readonly<Partial<Record<PushState, string>>> = {
  insecure: t.browsersAllowNotificationsOnly,
  needs_home_screen: t.onIPhoneOrIPad,
  unsupported: t.thisBrowserHasNo,
  denied: t.notificationsOfThisPage,
}

/** Switches notifications of this very browser on and off. */
export function PushButton() {
  const push = useBrowserPush()
  const change = useSwitchPush()
  const state = push.data?.state
  const obstacle = state === undefined ? undefined : obstacles[state]
  const remove = useRemoveBrowser()
  const others = push.data?.browsers.filter(({ isThis }) => !isThis) ?? []
  const problem = change.error ?? remove.error ?? push.error
  return (
    <div className="push-button">
      <div>
        <b>{t.thisBrowser}</b>
        <p className="small muted" role="status">
          {state === 'on' && t.itShowsNotificationsAlso}
          {state === 'off' && t.showAlertsAsNotifications}
          {obstacle}
        </p>
      </div>
      {(state === 'off' || state === 'on') && (
        <Button
          variant={state === 'off' ? 'primary' : 'plain'}
          disabled={change.isPending}
          onClick={() => change.mutate(state === 'off' ? 'on' : 'off')}
        >
          {state === 'off' ? t.notifyThisBrowser : t.stop}
        </Button>
      )}
      {others.length > 0 && (
        <ul className="push-browsers">
          {others.map(({ id, name, lastOkAt }) => (
            <li key={id}>
              <span className="small breakable">
                {name}
                <span className="muted">
                  {lastOkAt === undefined ? t.notNotifiedYet : t.lastNotified(<Ago at={lastOkAt} zone={browserTimeZone()} />)}
                </span>
              </span>
              <Button variant="bare" onClick={() => remove.mutate(id)} disabled={remove.isPending} aria-label={t.stopNamed(name)}>
                {t.stop}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {problem !== null && <ProblemNote {...toProblem(problem)} />}
    </div>
  )
}
