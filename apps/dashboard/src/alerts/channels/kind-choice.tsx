import { type ChannelKindName, channelKinds } from '@signalbox/contract/channel-kind'
import { channelWords } from '../../hub/alert-words.ts'
import './kind-choice.css'

/** The kinds of channels that a person sets up; browsers subscribe themselves. */
const kinds = channelKinds.filter((kind) => kind !== 'web_push')

/** Every kind of channel, with where its messages arrive. */
export function KindChoice({ onChoose }: { readonly onChoose: (kind: ChannelKindName) => void }) {
  return (
    <ul className="kind-choice">
      {kinds.map((kind) => (
        <li key={kind}>
          <button type="button" onClick={() => onChoose(kind)}>
            <b>{channelWords[kind].name}</b>
            <span className="small muted">{channelWords[kind].about}</span>
          </button>
        </li>
      ))}
    </ul>
  )
}
