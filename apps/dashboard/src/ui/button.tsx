import type { ComponentProps } from 'react'
import { classNames } from './class-names.ts'
import './button.css'

interface ButtonProps extends ComponentProps<'button'> {
  readonly variant?: 'plain' | 'primary' | 'danger' | 'bare'
}

export function Button({ variant = 'plain', className, type = 'button', ...rest }: ButtonProps) {
  return <button {...rest} type={type} className={classNames('button', className)} data-variant={variant} />
}
