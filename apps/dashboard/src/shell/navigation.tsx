import { Link } from '@tanstack/react-router'
import { Icon } from '../ui/icon.tsx'
import { screens } from './screens.ts'
import './navigation.css'

/** Links to the screens. */
export function Navigation() {
  return (
    <nav aria-label="Screens" className="navigation">
      <ul>
        {screens.map(({ to, name, icon, letter }) => (
          <li key={to}>
            <Link
              to={to}
              activeOptions={{ exact: to === '/', includeSearch: false }}
              aria-keyshortcuts={`g ${letter}`}
              className="navigation-link"
            >
              <Icon name={icon} />
              {name}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
