import { changeIn, type Mutant } from '../mutant.ts'

const windowsIdentity = changeIn(
  'main/desktop/windows-identity.ts',
  'test/desktop/windows-identity.test.ts',
)
const windowOptions = changeIn(
  'main/desktop/window-options.ts',
  'test/desktop/window-options.test.ts',
)
const runElectron = changeIn('build/run-electron.mjs', 'test/packaging/run-electron.test.ts')
const packages = changeIn('electron-builder.yml', 'test/packaging/configuration.test.ts')

/** The app is whole on each system, as it is installed there. */
export const onSystems: readonly Mutant[] = [
  windowsIdentity(
    'notifications on Windows belong to the shortcut that was installed',
    "'io.github.tokentray.tokentray'",
    "'electron.app.Tokentray'",
    'the name of the shortcut',
  ),
  windowsIdentity(
    'a click on a notification on Windows finds the same program in every run',
    '  app.setToastActivatorCLSID(TOAST_ACTIVATOR)\n',
    '',
    'the same in every run',
  ),
  windowOptions(
    'a window of the AppImage has the icon of the app',
    "    ...(platform === 'linux' && { icon }),\n",
    '',
    'where no desktop entry gives it one',
  ),
  runElectron(
    'npm start notices that Chromium may have no sandbox',
    'hasNoSandbox: isSaid && ',
    'hasNoSandbox: !isSaid && ',
    'is known to have no sandbox by',
  ),
  runElectron(
    'npm start takes no other end of Electron for a missing sandbox',
    ' && (signal !== null || code >= 128)',
    '',
    'is not taken for that',
  ),
  runElectron(
    'root is not told to change the mode of a file, which would not help',
    "  if (isRoot) return 'Chromium has no sandbox for root. Start it as another user.'\n",
    "  if (isRoot && !binary) return ''\n",
    'sends root to another user',
  ),
  packages(
    'the app for Apple Silicon has a signature',
    '  identity: "-"\n',
    '',
    'is signed ad hoc after its fuses',
  ),
]
