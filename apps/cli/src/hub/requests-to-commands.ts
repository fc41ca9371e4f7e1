/** The requests that the hub's suggestions name, and the commands that send them. */
const commands: readonly [RegExp, string][] = [
  [
    /\bSend a heartbeat, or POST …\/recover\b/g,
    'Send a heartbeat with `signalbox sessions heartbeat {id}`, or recover it with `signalbox sessions recover {id}`',
  ],
  [/\b(?:POST|PUT) …\/(recover|archive|heartbeat)\b/g, '`signalbox sessions $1 {id}`'],
  [/POST …\/mark-stalled\b/g, '`signalbox sessions stall {id} --reason TEXT`'],
  [/GET …\/(?:failure-info|health)\b/g, '`signalbox sessions show {id}`'],
  [/GET …\/tasks\b/g, '`signalbox tasks list --session {id}`'],
  [/^(POST \/machines\/\S+\/release-session)$/g, 'Release its slot: $1'],
  [/POST …\/release-session\b/g, '`signalbox machines release MACHINE SESSION`'],
  [/POST \/machines\/(\S+)\/release-session\b/g, '`signalbox machines release $1 SESSION`'],
  [/GET \/sessions\/by-machine\/…/g, '`signalbox sessions list --live --machine MACHINE`'],
  [/GET \/machines\/available\b/g, '`signalbox machines available`'],
  [/PUT \/machines\/(\S+) with docker_slots\b/g, '`signalbox machines slots $1 1-4`'],
  [/PUT \/machines\/(\S+) changes it\b/g, '`signalbox machines slots $1 1-4` changes its slots'],
  [/PUT \/machines\/(\S+) declares more\b/g, '`signalbox machines slots $1 …` declares more'],
  [/GET \/api\/alerts\?state=open lists\b/g, '`signalbox alerts list --open` shows'],
  [/GET \/api\/(alerts|channels) lists\b/g, '`signalbox $1 list` shows'],
  [/GET \/api\/alert-rules lists\b/g, '`signalbox rules list` shows'],
  [/GET \/(sessions|tasks|machines) lists\b/g, '`signalbox $1 list` shows'],
  [/POST \/(sessions|tasks|machines) (?:creates|registers) one/g, '`signalbox $1 add` creates one'],
  [/POST \/sessions\b/g, '`signalbox sessions add --project NAME`'],
  [/GET the session\b/g, 'Run `signalbox sessions show {id}`'],
]

/** A suggestion of the hub with commands in place of requests. @param id the id of its session, where that is known */
export function requestsToCommands(suggestion: string, id = 'ID'): string {
  return commands.reduce((text, [request, command]) => text.replace(request, command.replaceAll('{id}', id)), suggestion)
}
