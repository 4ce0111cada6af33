/** A control, as a user perceives it. */
export interface Control {
  /** Its accessible name. */
  readonly name: string
  /** Element, role and first class: controls of a kind look and work the same. */
  readonly kind: string
}

/** Where the focus is. */
export interface Stop {
  /** The index among the controls; -1 for another element, which `what` names. */
  readonly index: number
  readonly what: string
  /** It is in view and not covered. */
  readonly isInSight: boolean
}

/** The handle of `installControls` in the page. */
interface Controls {
  /** The screen, state or layer that receives the keyboard. */
  where(): string
  /** The controls there, in document order. */
  list(): readonly Control[]
  /**
   * The focus, one turn later, because menus move it then. Remembers how it looks, and how the
   * other controls look without it.
   */
  stop(): Promise<Stop>
  /** The controls that look the same with and without focus. */
  unmarked(): readonly string[]
}

declare global {
  interface Window {
    controls: Controls
  }
}

/** Runs in the page by itself, so it uses nothing from this module. */
export function installControls(): void {
  const CONTROLS =
    'button, input, select, textarea, summary, a[href], [contenteditable], [tabindex="0"],' +
    ['button', 'menuitem', 'menuitemcheckbox', 'menuitemradio', 'switch', 'checkbox', 'radio'].map(
      (role) => `[role="${role}"]`,
    ) +
    ',' +
    ['tab', 'link', 'option', 'textbox', 'combobox', 'slider'].map((role) => `[role="${role}"]`)
  /** An open menu or dialog receives all keys. */
  const layer = () =>
    document.querySelector('[role="menu"]') ??
    document.querySelector('[role="alertdialog"]') ??
    document.body

  /** React stores click handlers there: any element with one is a control. */
  const isPressed = (element: Element) => {
    const key = Object.keys(element).find((name) => name.startsWith('__reactProps$'))
    const props = key && (element as unknown as Record<string, { onClick?: unknown }>)[key]
    return props !== undefined && props !== '' && typeof props.onClick === 'function'
  }
  const isOffered = (element: Element) =>
    (element.matches(CONTROLS) || isPressed(element)) &&
    // Radix puts these around an open layer to return the focus.
    !element.matches('[data-radix-focus-guard], :disabled, [inert] *') &&
    // Rows out of sight may not be laid out yet; Tab reaches them all the same.
    element.checkVisibility({ visibilityProperty: true })

  let elements: Element[] = []
  const name = (element: Element) => {
    const label = element.id && document.querySelector(`label[for="${CSS.escape(element.id)}"]`)
    const text = element.getAttribute('aria-label') ?? (label || element).textContent ?? ''
    return text.trim() || element.tagName
  }
  const kind = (element: Element) => {
    const attributes = ['role', 'type', 'aria-haspopup', 'inputmode'].flatMap(
      (attribute) => element.getAttribute(attribute) ?? [],
    )
    return [element.tagName.toLowerCase(), ...attributes, element.classList[0] ?? '']
      .join(' ')
      .trim()
  }

  interface Look {
    readonly outline: string
    readonly outlineColor: string
    /** The colour behind the outline. */
    readonly behind: string
    readonly shadow: string
    readonly fill: string
  }
  const CLEAR = 'rgba(0, 0, 0, 0)'
  const fillAt = (from: Element | null) => {
    for (let each = from; each; each = each.parentElement) {
      const { backgroundColor } = getComputedStyle(each)
      if (!backgroundColor.startsWith('rgba(')) return backgroundColor
    }
    return 'rgb(255, 255, 255)'
  }
  const lookOf = (element: Element, pseudo?: string): Look => {
    const style = getComputedStyle(element, pseudo)
    const isDrawn = style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 2
    const isOutside = Number.parseFloat(style.outlineOffset) >= 0
    return {
      outline: isDrawn && style.outlineColor !== CLEAR ? style.outline : '',
      outlineColor: style.outlineColor,
      behind: fillAt(isOutside ? element.parentElement : element),
      shadow: style.boxShadow,
      fill: fillAt(element),
    }
  }
  /** Styles of the element, of its outline, and of its ancestors. */
  const looksOf = (element: Element): Look[] => [
    lookOf(element),
    lookOf(element, '::before'),
    lookOf(element, '::after'),
    ...[element.parentElement, element.parentElement?.parentElement]
      .filter((each) => each != null)
      .map((each) => lookOf(each)),
  ]
  const luminance = (colour: string) => {
    const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map((part) => {
      const level = Number(part) / 255
      return level <= 0.04045 ? level / 12.92 : ((level + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  /** WCAG 1.4.11 requires a contrast of 3:1 for a focus indicator. */
  const differs = (one: string, other: string) => {
    const [dark = 0, bright = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
    return (bright + 0.05) / (dark + 0.05) >= 3
  }
  const isMarked = (focused: Look[], without: Look[]) =>
    focused.some((look, at) => {
      const plain = without[at]
      if (!plain) return false
      const isOutlined = look.outline !== '' && look.outline !== plain.outline
      return (
        (isOutlined && differs(look.outlineColor, look.behind)) ||
        (look.shadow !== 'none' && look.shadow !== plain.shadow) ||
        differs(look.fill, plain.fill)
      )
    })

  const focusedLooks = new Map<number, Look[]>()
  const plainLooks = new Map<number, Look[]>()
  const note = (focused: Element | null) => {
    elements.forEach((element, index) => {
      if (element === focused) focusedLooks.set(index, looksOf(element))
      else if (!plainLooks.has(index)) plainLooks.set(index, looksOf(element))
    })
  }
  const isInSight = (element: Element) => {
    const { left, right, top, bottom } = element.getBoundingClientRect()
    const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2)
    return hit !== null && (element.contains(hit) || hit.contains(element))
  }

  window.controls = {
    where: () =>
      layer().getAttribute('role') ??
      document.querySelector('[data-screen]')?.getAttribute('data-screen') ??
      'unreachable',
    list() {
      elements = [...layer().querySelectorAll('*')].filter(isOffered)
      focusedLooks.clear()
      plainLooks.clear()
      return elements.map((element) => ({ name: name(element), kind: kind(element) }))
    },
    async stop() {
      await new Promise((resolve) => setTimeout(resolve, 0))
      const focused = document.activeElement
      note(focused)
      const isNowhere = focused === null || focused === document.body
      return {
        index: focused ? elements.indexOf(focused) : -1,
        what: isNowhere ? '' : kind(focused),
        isInSight: isNowhere || isInSight(focused),
      }
    },
    unmarked() {
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
      note(null)
      return elements
        .filter((_, at) => !isMarked(focusedLooks.get(at) ?? [], plainLooks.get(at) ?? []))
        .map(name)
    },
  }
}
