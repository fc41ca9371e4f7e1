import type { ComponentProps } from 'react'
import { classNames } from './class-names.ts'
import './button.css'

interface ButtonProps extends ComponentProps<'button'> {
  readonly look?: 'plain' | 'main' | 'danger' | 'bare'
}

export function Button({ look = 'plain', className, type = 'button', ...rest }: ButtonProps) {
  return <button {...rest} type={type} className={classNames('button', className)} data-look={look} />
}
