import { useOpenAlertCount } from '../hub/alert-summary.ts'

interface ScreenTitleProps {
  readonly name: string
  /** Of what a person has to look at on this screen; without any, that of the open alerts. */
  readonly count?: number
}

/** The title of the tab, with a number while something is open. */
export function ScreenTitle({ name, count = 0 }: ScreenTitleProps) {
  const alerts = useOpenAlertCount()
  const number = count || alerts
  return <title>{`${number > 0 ? `(${number}) ` : ''}${name} · Signalbox`}</title>
}
