import { useRef } from 'react'
import { Link } from '../router/link.tsx'
import { Icon } from '../ui/icon.tsx'
import { t } from '../words/shell.ts'
import { type Screen, screens } from './screens.ts'
import './navigation.css'

/** Links to the screens. A phone has room for five; the others are in a menu there. */
export function Navigation() {
  const menu = useRef<HTMLUListElement>(null)
  return (
    <nav aria-label={t.screens} className="navigation">
      <ul>
        {screens
          .filter(({ isMore }) => !isMore)
          .map((screen) => (
            <NavigationLink key={screen.to} screen={screen} />
          ))}
        <li className="navigation-more">
          <button type="button" className="navigation-link" popoverTarget="more-screens">
            <Icon name="more" />
            {t.moreScreens}
          </button>
          <ul id="more-screens" popover="auto" ref={menu} onClick={() => menu.current?.hidePopover()} onKeyDown={() => {}}>
            {screens
              .filter(({ isMore }) => isMore)
              .map((screen) => (
                <NavigationLink key={screen.to} screen={screen} />
              ))}
          </ul>
        </li>
      </ul>
    </nav>
  )
}

function NavigationLink({ screen: { to, name, icon, letter } }: { readonly screen: Screen }) {
  return (
    <li>
      <Link to={to} current={to === '/' ? 'exact' : 'below'} aria-keyshortcuts={`g ${letter}`} className="navigation-link">
        <Icon name={icon} />
        {name}
      </Link>
    </li>
  )
}
