import { toProblem } from '../../hub/problem.ts'
import { useBrowserPush, useRemoveBrowser, useSwitchPush } from '../../hub/push.ts'
import type { PushState } from '../../hub/push-state.ts'
import { Button } from '../../ui/button.tsx'
import { Ago } from '../../ui/moment.tsx'
import { ProblemNote } from '../../ui/problem-note.tsx'
import { browserTimeZone } from '../../ui/time-format.ts'
import './push-button.css'

/** Why this browser cannot show notifications, and what helps. */
const obstacles: Readonly<Partial<Record<PushState, string>>> = {
  insecure:
    'Browsers allow notifications only of a page that was opened over https, or on the hub’s own machine as localhost or 127.0.0.1.',
  needs_home_screen:
    'On an iPhone or iPad, notifications need the page on the home screen: Share, “Add to Home Screen”, then open it from there and come back here.',
  unsupported: 'This browser has no web push. Firefox, Chrome, Edge and Safari have it, but not in private windows.',
  denied:
    'Notifications of this page are blocked in this browser. Allow them in the settings of the site, beside its address, then reload.',
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
        <b>This browser</b>
        <p className="small muted" role="status">
          {state === 'on' && 'It shows notifications, also while this page is closed.'}
          {state === 'off' && 'Show alerts as notifications, also while this page is closed.'}
          {obstacle}
        </p>
      </div>
      {(state === 'off' || state === 'on') && (
        <Button
          variant={state === 'off' ? 'primary' : 'plain'}
          disabled={change.isPending}
          onClick={() => change.mutate(state === 'off' ? 'on' : 'off')}
        >
          {state === 'off' ? 'Notify this browser' : 'Stop'}
        </Button>
      )}
      {others.length > 0 && (
        <ul className="push-browsers">
          {others.map(({ id, name, lastOkAt }) => (
            <li key={id}>
              <span className="small breakable">
                {name}
                <span className="muted">
                  {lastOkAt === undefined ? (
                    ', not notified yet'
                  ) : (
                    <>
                      , last notified <Ago at={lastOkAt} zone={browserTimeZone()} />
                    </>
                  )}
                </span>
              </span>
              <Button variant="bare" onClick={() => remove.mutate(id)} disabled={remove.isPending} aria-label={`Stop: ${name}`}>
                Stop
              </Button>
            </li>
          ))}
        </ul>
      )}
      {problem !== null && <ProblemNote {...toProblem(problem)} />}
    </div>
  )
}
