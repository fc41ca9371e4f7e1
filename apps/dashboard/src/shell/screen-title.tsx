import { t } from '../words/shell.ts'
import { useWaitingCount } from './waiting-count.ts'

/** The title of the tab, with the number of what waits for the person. */
export function ScreenTitle({ name }: { readonly name: string }) {
  const count = useWaitingCount()
  return <title>{t.signalbox(count > 0 ? `(${count}) ` : '', name)}</title>
}
