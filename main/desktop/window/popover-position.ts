import type { Point, Rectangle } from 'electron'
import type { Size } from './window-options.ts'

interface Surroundings {
  /** The icon in the tray; all zero where the system does not say. */
  readonly icon: Rectangle
  readonly pointer: Point
  /** Of the display that the icon, or else the pointer, is on: without panels and docks. */
  readonly workArea: Rectangle
  readonly size: Size
  readonly platform: NodeJS.Platform
  /** Nobody but the compositor may place a window, and it does not say where the pointer is. */
  readonly isWayland: boolean
}

/** Between the window and what it hangs on. */
const GAP = 4

/** Where the popover goes: at the icon, near the pointer, or `null` for wherever the system likes. */
export function placePopover(where: Surroundings): Point | null {
  const { icon, pointer, platform, isWayland } = where
  if (platform === 'linux')
    return isWayland ? null : hangOn({ ...pointer, width: 0, height: 0 }, where)
  return hangOn(hasPlace(icon) ? icon : { ...pointer, width: 0, height: 0 }, where)
}

export const hasPlace = ({ width, height }: Rectangle): boolean => width > 0 && height > 0

/** In the middle below what it hangs on, or above where that is at the bottom; never off the screen. */
function hangOn(anchor: Rectangle, { workArea, size }: Surroundings): Point {
  const isInUpperHalf = anchor.y + anchor.height / 2 < workArea.y + workArea.height / 2
  const below = anchor.y + anchor.height + GAP
  const above = anchor.y - size.height - GAP
  return {
    x: clamp(anchor.x + anchor.width / 2 - size.width / 2, workArea.x, workArea.width - size.width),
    y: clamp(isInUpperHalf ? below : above, workArea.y, workArea.height - size.height),
  }
}

/** A window that is larger than the screen starts at its corner. */
function clamp(value: number, start: number, room: number): number {
  return Math.round(Math.max(start, Math.min(value, start + room)))
}
