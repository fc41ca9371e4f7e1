import { useWaitingCount } from './waiting-count.ts'

/** The title of the tab, with the number of what waits for the person. */
export function ScreenTitle({ name }: { readonly name: string }) {
  const count = useWaitingCount()
  return <title>{`${count > 0 ? `(${count}) ` : ''}${name} · Signalbox`}</title>
}
