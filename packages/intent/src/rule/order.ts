import type { Question } from '../question.ts'

const orderVerbs =
  'pause|resume|suspend|terminate|kill|stop|restart|recover|archive|halt|unpause|end|mute|snooze|silence|mark|fail|wake|shut down|turn off|switch off|power off|reboot|close|abort|quit|finish|cancel|revive|continue'
const opening = new RegExp(
  `^ (?:(?:please|just|now|ok|okay|hey|hi|so|then|can you|could you|would you|will you|go|and) )*(?:${orderVerbs}) `,
)
const advice = new RegExp(
  ` (?:i|we|you|to|not|never|if|before|after|let us|anyone|someone|one) (?:just |please |safely |better |now |even )?(?:${orderVerbs.replace('|finish|', '|').replace('|end|', '|').replace('|fail|', '|')}) `,
)

/** An order, a wish for an alert and a question whether to act are not answered with a list, where no rule of actions took them. */
export function isOrder({ text, nameCount, concepts }: Question): boolean {
  return (
    opening.test(text) ||
    /^ (?:please )?(?:open|start|launch|begin|run|create|spin up|fire up) (?:me )?(?:a|an|another|new|one more) /.test(text) ||
    /^ (?:please )?(?:warn|alert|notify|ping) | (?:warn|alert|notify|ping) me | (?<!tell |show |inform |remind )me (?:once|when|if|at) | let me know (?:when|if|once) /.test(
      text,
    ) ||
    / (?:should|shall|can|could|may|must) (?:i|we) (?:just |safely )?(?:pause|resume|stop|end|kill|restart|recover|archive|terminate|finish|close) /.test(
      text,
    ) ||
    (nameCount > 0 && / (?:pause|resume|kill|terminate|restart|recover|archive|unpause|suspend|halt) /.test(text)) ||
    (nameCount > 0 &&
      / (?:if|when|before|after|once|while) (?:i|we|you) (?:paused|ended|stopped|killed|resumed|archived|restarted|recovered|terminated|suspended) /.test(
        text,
      )) ||
    (nameCount > 0 && / (?:pausing|stopping|ending|killing|resuming|archiving|restarting|suspending|terminating|recovering) /.test(text)) ||
    / should .*(?:offline|online|maintenance|paused|stopped|ended|killed|restarted) /.test(text) ||
    / (?:to|i|we|you|not|never|anyone|someone|one) (?:end|finish|fail) (?:the |this |that |session )*[0-9a-f]{6,}/.test(text) ||
    ((nameCount > 0 || concepts.has('session') || concepts.has('machine') || concepts.has('alert')) && advice.test(text))
  )
}

/** `glorp the session`, `which glorp failed`: where the verb or what is asked for is not known, the rest decides nothing. */
export function isUnknownVerb({ text, unknown }: Question): boolean {
  if (unknown.length === 0) return false
  const first = firstWord.exec(text)?.[1] ?? ''
  return unknown.includes(first) || [...text.matchAll(/ (?:which|what) (\S+)(?= )/g)].some(([, word]) => unknown.includes(word!))
}
/** The first word that is neither polite nor an auxiliary. */
const firstWord =
  /^ (?:(?:please|just|now|ok|okay|hey|hi|hello|so|then|and|can|could|would|will|you|kindly|i|we|want|need|to|would|like|let|us|signalbox|claude|do|did|does|is|are) )*(\S+) /
