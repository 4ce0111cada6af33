import type { NativeTheme } from 'electron'
import type { PreferencesView, Snapshot } from '../../../preload/snapshot.ts'

interface AppearancePorts {
  readonly nativeTheme: Pick<NativeTheme, 'themeSource'>
  readonly zoomTo: (factor: number) => void
}

/** Applies theme and zoom whenever they change; to be called with every snapshot. */
export function watchAppearance({ nativeTheme, zoomTo }: AppearancePorts) {
  let before: Pick<PreferencesView, 'theme' | 'zoom'> = { theme: 'system', zoom: 100 }
  return ({ preferences: { theme, zoom } }: Pick<Snapshot, 'preferences'>): void => {
    // The page's `prefers-color-scheme` follows.
    if (theme !== before.theme) nativeTheme.themeSource = theme
    if (zoom !== before.zoom) zoomTo(zoom / 100)
    before = { theme, zoom }
  }
}
