import { changeIn, type Mutant } from '../mutant.ts'

const windowsIdentity = changeIn(
  'main/desktop/system/windows-identity.ts',
  'test/desktop/system/windows-identity.test.ts',
)
const windowOptions = changeIn(
  'main/desktop/window/window-options.ts',
  'test/desktop/window/window-options.test.ts',
)
const trayScales = changeIn(
  'main/desktop/tray/tray-scales.ts',
  'test/desktop/tray/tray-scales.test.ts',
)
const electronEnds = changeIn('build/electron-ends.mjs', 'test/packaging/electron-ends.test.ts')
const workflow = changeIn('.github/workflows/build.yml', 'test/packaging/workflows.test.ts')
const tryApp = changeIn('build/try-app.mjs', 'test/packaging/try-app.test.ts')
const packages = changeIn('electron-builder.yml', 'test/packaging/configuration.test.ts')

/** The app works on each platform, as installed there. */
export const platforms: readonly Mutant[] = [
  windowsIdentity(
    'notifications on Windows belong to the installed shortcut',
    "'io.github.tokentray.tokentray'",
    "'electron.app.Tokentray'",
    "has the id of the installer's shortcut on Windows",
  ),
  windowsIdentity(
    'a click on a Windows notification finds the same program in every run',
    '  app.setToastActivatorCLSID(TOAST_ACTIVATOR)\n',
    '',
    'has the same activator in every run on Windows',
  ),
  windowOptions(
    'a window of the AppImage has the icon of the app',
    "    ...(platform === 'linux' && { icon }),\n",
    '',
    'has an icon even without a desktop entry',
  ),
  windowOptions(
    'the window on macOS opens above a full-screen app',
    '        visibleOnFullScreen: true,\n',
    '',
    'is shown on macOS over a full-screen app',
  ),
  trayScales(
    'the tray icon is not blurred on Windows',
    'file: twice }]',
    'file: once }]',
    'is never scaled up on Windows, which uses one image for every display',
  ),
  electronEnds(
    'npm start detects that Chromium cannot use its sandbox',
    'hasNoSandbox: isSaid && ',
    'hasNoSandbox: !isSaid && ',
    'is known to have no sandbox by',
  ),
  electronEnds(
    'npm start mistakes no other exit of Electron for a missing sandbox',
    ' && (signal !== null || code >= 128)',
    '',
    'does not blame the sandbox if',
  ),
  electronEnds(
    'root is not told to change a file mode, which would not help',
    "  if (isRoot) return 'Chromium has no sandbox for root. Start Tokentray as another user.'\n",
    "  if (isRoot && !binary) return ''\n",
    'tells root to use another user',
  ),
  workflow(
    'the macOS app is released only with a complete signature',
    'codesign --verify --deep --strict --verbose=2 dist/mac*/Tokentray.app',
    'codesign --display dist/mac*/Tokentray.app',
    'have a whole signature on macOS',
  ),
  workflow(
    'the Windows app is started before it is released',
    'node build/try-app.mjs dist/win-unpacked/tokentray-app.exe',
    'dist/win-unpacked/tokentray.cmd --version',
    'are started on ',
  ),
  tryApp(
    'an app that exits soon after its start is not released',
    '  if (end !== undefined) throw new Error(end)\n  const status',
    '  const status',
    'fails if it ends soon after it has begun to serve',
  ),
  packages(
    'the app for Apple Silicon is signed',
    '  identity: "-"\n',
    '',
    'is signed ad hoc after its fuses',
  ),
  changeIn('electron-builder.yml', 'test/packaging/icon.test.ts')(
    'the Windows program has an icon drawn for each size',
    '  icon: icons/app.ico\n',
    '',
    'is what the package takes',
  ),
  changeIn('build/linux/tokentray.apparmor', 'test/packaging/apparmor.test.ts')(
    'installing the AppArmor profile of the tar.gz enables the sandbox',
    '  userns,\n',
    '',
    'and says what the one of the deb says',
  ),
  changeIn('docs/troubleshooting.md', 'test/packaging/apparmor.test.ts')(
    "the documented command installs the profile for the app's folder, and for no other",
    '"s|FOLDER/|$PWD/|"',
    '"s|FOLDER/|/**/|"',
    'and says what the one of the deb says',
  ),
  changeIn('electron-builder.yml', 'test/packaging/archive.test.ts')(
    'the tar.gz contains the profile that its sandbox needs',
    '      to: tokentray.apparmor\n',
    '      to: other.apparmor\n',
    'holds the app, and keytar once outside its archive',
  ),
  changeIn('build/programs.mjs', 'test/flows/start.test.ts')(
    'npm start stops what it has started, however it is stopped itself',
    "'SIGINT', 'SIGTERM'",
    "'SIGTERM'",
    'stops what it has started when it is stopped by',
  ),
  changeIn('build/start.mjs', 'test/flows/start.test.ts')(
    'npm start says first that it builds',
    "  console.log('Building…')\n",
    '',
    'says first that it builds, then what is missing for the tray app',
  ),
  changeIn('build/start-options.mjs', 'test/packaging/start-options.test.ts')(
    'npm start refuses an option that it does not know',
    '!Object.hasOwn(known, token.name) || ',
    '',
    'refuses',
  ),
  changeIn('main/agent.ts', 'test/flows/start.test.ts')(
    'an agent does not outlive a killed npm start',
    "    process.on('disconnect', () => resolve())\n",
    '',
    'stops what it has started when it is stopped by',
  ),
  changeIn('build/programs.mjs', 'test/flows/start-demo.test.ts')(
    'npm start ends with npm, which passes on few signals',
    "    whenNpmEnds(() => this.stop('SIGTERM'))\n",
    '',
    'leaves nothing behind when',
  ),
  changeIn('build/temporary-folder.mjs', 'test/flows/start-demo.test.ts')(
    'the demo leaves no file behind when every program of its terminal is killed',
    'detached: true',
    'detached: false',
    'leaves nothing behind when',
  ),
  changeIn('build/remove-when-unused.mjs', 'test/packaging/remove-when-unused.test.ts')(
    'a folder is removed even if something was written into it meanwhile',
    '  } catch {\n',
    '  } catch (error) {\n    throw error\n',
    'removes a folder into which a program still writes',
  ),
  changeIn('test/standin/shown-chromium.ts', 'test/flows/start-demo.test.ts')(
    'no other user can connect to the preview',
    "['--app=data:text/html,', '--test-type']",
    "['--app=data:text/html,', '--test-type', '--remote-debugging-port=0']",
    'shows the window in Chromium, with no port, and ends when it is closed',
  ),
  changeIn('test/demo/lines.ts', 'test/demo/lines.test.ts')(
    'what the demo prints fits 80 columns',
    ' --name me --set',
    ' --name one-of-my-own --set',
    'fits 80 columns',
  ),
  changeIn('main/cli/program.ts', 'test/cli/help.test.ts')(
    'the help of every command fits the terminal',
    'wrapLines(text, context.screen.width)',
    'text',
    'the help of every command fits 80 columns, and the terminal if that is narrower',
  ),
  changeIn('main/desktop/lifecycle.ts', 'test/desktop/lifecycle.test.ts')(
    'the tray app does not outlive a killed npm start',
    "  process.on('disconnect', () => app.quit())\n",
    '',
    'makes it quit in order',
  ),
  changeIn('main/desktop/host.ts', 'test/desktop/host.test.ts')(
    'the tray app writes nothing into the keychain with --memory',
    'ports.memory ?? false',
    'false',
    'keeps credentials in memory from the first start on if it was told to',
  ),
  changeIn('main/desktop/lifecycle.ts', 'test/desktop/lifecycle.test.ts')(
    'the tray app has no icon with --no-tray',
    'argv.includes(NO_TRAY)',
    'false',
    'has no tray icon when its arguments say so',
  ),
]
