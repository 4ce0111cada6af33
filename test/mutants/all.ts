import { accessControl } from './lists/access-control.ts'
import { accountActivity } from './lists/account-activity.ts'
import { advanceWarnings } from './lists/advance-warnings.ts'
import { auditFileMutants } from './lists/audit-file.ts'
import { auditGaps } from './lists/audit-gaps.ts'
import { bulkWork } from './lists/bulk-work.ts'
import { connections } from './lists/connections.ts'
import { constantTime } from './lists/constant-time.ts'
import { credentialRotation } from './lists/credential-rotation.ts'
import { discovery } from './lists/discovery.ts'
import { diskAndKeychain } from './lists/disk-and-keychain.ts'
import { displayAccuracy } from './lists/display-accuracy.ts'
import { displayServers } from './lists/display-servers.ts'
import { errorField } from './lists/error-field.ts'
import { exportAndImport } from './lists/export-and-import.ts'
import { formFields } from './lists/form-fields.ts'
import { general } from './lists/general.ts'
import { generatedClients } from './lists/generated-clients.ts'
import { globalShortcut } from './lists/global-shortcut.ts'
import { glowmarktAndKoyeb } from './lists/glowmarkt-and-koyeb.ts'
import { helpers } from './lists/helpers.ts'
import { keyRings } from './lists/key-rings.ts'
import { keyboard } from './lists/keyboard.ts'
import { keychainItems } from './lists/keychain-items.ts'
import { keychainProcess } from './lists/keychain-process.ts'
import { keychainWatching } from './lists/keychain-watching.ts'
import { lengthLimits } from './lists/length-limits.ts'
import { loginReason } from './lists/login-reason.ts'
import { loginTrials } from './lists/login-trials.ts'
import { newerVersions } from './lists/newer-versions.ts'
import { openapiDocument } from './lists/openapi-document.ts'
import { operations } from './lists/operations.ts'
import { outcome } from './lists/outcome.ts'
import { outcomeOnCommandLine } from './lists/outcome-on-command-line.ts'
import { outcomeOverHttp } from './lists/outcome-over-http.ts'
import { outcomeRecords } from './lists/outcome-records.ts'
import { outgoingHttp } from './lists/outgoing-http.ts'
import { pendingAuditEvents } from './lists/pending-audit-events.ts'
import { platforms } from './lists/platforms.ts'
import { quit } from './lists/quit.ts'
import { readRoutes } from './lists/read-routes.ts'
import { refusalFormats } from './lists/refusal-formats.ts'
import { rejectedTokens } from './lists/rejected-tokens.ts'
import { responsiveness } from './lists/responsiveness.ts'
import { revocation } from './lists/revocation.ts'
import { secondFactor } from './lists/second-factor.ts'
import { settingsAndDiscovery } from './lists/settings-and-discovery.ts'
import { settingsChanges } from './lists/settings-changes.ts'
import { sftpgoLoginRefusals } from './lists/sftpgo-login-refusals.ts'
import { logFileMutants, shutdown } from './lists/shutdown.ts'
import { silence } from './lists/silence.ts'
import { silenceMessages } from './lists/silence-messages.ts'
import { silenceRules } from './lists/silence-rules.ts'
import { stablePort } from './lists/stable-port.ts'
import { storedData } from './lists/stored-data.ts'
import { terminalEcho } from './lists/terminal-echo.ts'
import { terminalPrompts } from './lists/terminal-prompts.ts'
import { timeouts } from './lists/timeouts.ts'
import { tokenChecksMutants } from './lists/token-checks.ts'
import { tokenReuse } from './lists/token-reuse.ts'
import { tokensForScripts } from './lists/tokens-for-scripts.ts'
import { toolSecrets } from './lists/tool-secrets.ts'
import { tray } from './lists/tray.ts'
import { trayMenuMutants } from './lists/tray-menu.ts'
import { unixSocket } from './lists/unix-socket.ts'
import { windowHabits } from './lists/window-habits.ts'
import { windowIsolation } from './lists/window-isolation.ts'
import { windowScreens } from './lists/window-screens.ts'
import { windowSnapshot } from './lists/window-snapshot.ts'
import { windowText } from './lists/window-text.ts'
import type { Mutant } from './mutant.ts'

/** All mutants, grouped by the part that makes the promise. */
export const mutants: readonly Mutant[] = [
  ...credentialRotation,
  ...accountActivity,
  ...connections,
  ...secondFactor,
  ...constantTime,
  ...tokenChecksMutants,
  ...openapiDocument,
  ...operations,
  ...terminalPrompts,
  ...errorField,
  ...exportAndImport,
  ...formFields,
  ...diskAndKeychain,
  ...globalShortcut,
  ...windowHabits,
  ...glowmarktAndKoyeb,
  ...helpers,
  ...revocation,
  ...outcomeRecords,
  ...outcomeOverHttp,
  ...outcomeOnCommandLine,
  ...outcome,
  ...settingsAndDiscovery,
  ...discovery,
  ...keyRings,
  ...keyboard,
  ...keychainItems,
  ...keychainProcess,
  ...keychainWatching,
  ...accessControl,
  ...stablePort,
  ...storedData,
  ...generatedClients,
  ...bulkWork,
  ...shutdown,
  ...logFileMutants,
  ...auditGaps,
  ...responsiveness,
  ...newerVersions,
  ...tokenReuse,
  ...tokensForScripts,
  ...sftpgoLoginRefusals,
  ...loginReason,
  ...loginTrials,
  ...pendingAuditEvents,
  ...platforms,
  ...outgoingHttp,
  ...general,
  ...quit,
  ...auditFileMutants,
  ...refusalFormats,
  ...silenceRules,
  ...silenceMessages,
  ...settingsChanges,
  ...silence,
  ...advanceWarnings,
  ...displayAccuracy,
  ...readRoutes,
  ...lengthLimits,
  ...tray,
  ...trayMenuMutants,
  ...terminalEcho,
  ...rejectedTokens,
  ...timeouts,
  ...toolSecrets,
  ...windowSnapshot,
  ...windowScreens,
  ...windowIsolation,
  ...displayServers,
  ...windowText,
  ...unixSocket,
]
