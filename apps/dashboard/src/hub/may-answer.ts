import { useWhoAmI } from './who-am-i.ts'

/** Whether this browser may answer. One that has shown no key may not, whatever else it may. */
export function useMayAnswer(): boolean {
  const who = useWhoAmI()
  return who.data?.scopes.includes('answer') === true && !who.data.bypass
}
