import { LoaderCircle } from 'lucide-react'
import { type ComponentProps, type ReactNode, useState } from 'react'

interface ButtonProps extends Omit<ComponentProps<'button'>, 'onClick' | 'disabled'> {
  readonly look?: 'plain' | 'primary' | 'danger' | 'quiet'
  /** If it returns a promise, the button is busy until the promise settles. */
  readonly act: () => unknown
  /** It cannot be pressed yet. */
  readonly off?: boolean
  readonly children?: ReactNode
}

/**
 * A button that cannot be pressed again while its action runs. It stays focusable meanwhile: a
 * disabled button would lose the keyboard focus.
 */
export function Button(props: ButtonProps) {
  const { look = 'plain', act, off = false, children, className = '', ...rest } = props
  const [isBusy, setBusy] = useState(false)
  const press = async () => {
    if (isBusy || off) return
    setBusy(true)
    try {
      await act()
    } finally {
      setBusy(false)
    }
  }
  return (
    <button
      type="button"
      {...rest}
      className={`button ${look} ${className}`}
      aria-disabled={isBusy || off || undefined}
      aria-busy={isBusy || undefined}
      onClick={() => void press()}
    >
      {isBusy && <LoaderCircle className="spin" aria-hidden="true" />}
      {children}
    </button>
  )
}

interface IconButtonProps extends Omit<ButtonProps, 'look'> {
  /** Its accessible name and tooltip. */
  readonly label: string
}

/** A square button with only an icon. */
export function IconButton({ label, className = '', ...rest }: IconButtonProps) {
  return (
    <Button
      {...rest}
      look="quiet"
      className={`icon-button ${className}`}
      aria-label={label}
      title={label}
    />
  )
}
