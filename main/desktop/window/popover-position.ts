import type { Point, Rectangle } from 'electron'
import type { Size } from './window-options.ts'

interface Surroundings {
  /** The bounds of the tray icon; all zero if the system does not report them. */
  readonly icon: Rectangle
  readonly pointer: Point
  /** The display of the icon, or else of the pointer, without panels and docks. */
  readonly workArea: Rectangle
  readonly size: Size
  readonly platform: NodeJS.Platform
  /** On Wayland only the compositor positions windows, and it does not report the pointer. */
  readonly isWayland: boolean
}

/** The distance between the window and its anchor, in pixels. */
const GAP = 4

/** The position of the window: at the icon, at the pointer, or `null` to leave it to the system. */
export function placePopover(where: Surroundings): Point | null {
  const { icon, pointer, platform, isWayland } = where
  if (platform === 'linux')
    return isWayland ? null : hangOn({ ...pointer, width: 0, height: 0 }, where)
  return hangOn(hasSize(icon) ? icon : { ...pointer, width: 0, height: 0 }, where)
}

export const hasSize = ({ width, height }: Rectangle): boolean => width > 0 && height > 0

/** Centred below the anchor, or above it in the lower half of the screen; never off the screen. */
function hangOn(anchor: Rectangle, { workArea, size }: Surroundings): Point {
  const isInUpperHalf = anchor.y + anchor.height / 2 < workArea.y + workArea.height / 2
  const below = anchor.y + anchor.height + GAP
  const above = anchor.y - size.height - GAP
  return {
    x: clamp(anchor.x + anchor.width / 2 - size.width / 2, workArea.x, workArea.width - size.width),
    y: clamp(isInUpperHalf ? below : above, workArea.y, workArea.height - size.height),
  }
}

/** A window larger than the screen starts at the screen's corner. */
function clamp(value: number, start: number, room: number): number {
  return Math.round(Math.max(start, Math.min(value, start + room)))
}
