/** What the hub advises is told in requests; whoever reads it here has commands. */
const spoken: readonly [RegExp, string][] = [
  [/POST …\/(recover|archive)\b/g, '`signalbox sessions $1 {id}`'],
  [/GET …\/(?:failure-info|health)\b/g, '`signalbox sessions show {id}`'],
  [/GET …\/tasks\b/g, '`signalbox tasks list --session {id}`'],
  [/POST …\/release-session\b/g, '`signalbox machines release MACHINE SESSION`'],
  [/POST \/machines\/(\S+)\/release-session\b/g, '`signalbox machines release $1 SESSION`'],
  [/GET \/sessions\/by-machine\/…/g, '`signalbox sessions list --live --machine MACHINE`'],
  [/GET \/machines\/available\b/g, '`signalbox machines available`'],
  [/PUT \/machines\/(\S+) with docker_slots\b/g, '`signalbox machines slots $1 1-4`'],
  [/PUT \/machines\/(\S+) changes it\b/g, '`signalbox machines slots $1 1-4` changes its slots'],
  [/PUT \/machines\/(\S+) declares more\b/g, '`signalbox machines slots $1 …` declares more'],
  [/GET \/(sessions|tasks|machines) lists\b/g, '`signalbox $1 list` shows'],
  [/POST \/(sessions|tasks|machines) (?:creates|registers) one/g, '`signalbox $1 add` makes one'],
  [/GET the session\b/g, '`signalbox sessions show {id}`'],
  [/\bSend a heartbeat\b/g, '`signalbox sessions heartbeat {id}`'],
]

/** @param id of the session that it is about, where that is known */
export function inCommands(advice: string, id = 'ID'): string {
  return spoken.reduce((text, [request, command]) => text.replace(request, command.replace('{id}', id)), advice)
}
