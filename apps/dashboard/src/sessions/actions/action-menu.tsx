import { MoreMenu } from '../../ui/more-menu.tsx'
import { t } from '../../words/session-actions.ts'
import { actionTexts, type SessionAction } from './session-action.ts'

interface ActionMenuProps {
  readonly actions: readonly SessionAction[]
  readonly name: string
  readonly onPick: (action: SessionAction) => void
}

/** The actions of a session. */
export function ActionMenu({ actions, name, onPick }: ActionMenuProps) {
  const items = actions.map((action) => {
    const text = actionTexts[action]
    return { key: action, name: text.confirm === undefined ? text.name : `${text.name} …`, onSelect: () => onPick(action) }
  })
  return <MoreMenu label={t.actionsFor(name)} items={items} defaultOpen />
}
