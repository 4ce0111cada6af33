import { accountLife } from './lists/account-life.ts'
import { callers } from './lists/callers.ts'
import { codeAlone } from './lists/code-alone.ts'
import { constantTime } from './lists/constant-time.ts'
import { deadTokens } from './lists/dead-tokens.ts'
import { deeds } from './lists/deeds.ts'
import { described } from './lists/described.ts'
import { dialog } from './lists/dialog.ts'
import { diskAndKeychain } from './lists/disk-and-keychain.ts'
import { displayServers } from './lists/display-servers.ts'
import { drivers } from './lists/drivers.ts'
import { endings } from './lists/endings.ts'
import { ends, logFileMutants } from './lists/ends.ts'
import { fate } from './lists/fate.ts'
import { fateRecord } from './lists/fate-record.ts'
import { fateTold } from './lists/fate-told.ts'
import { fateWords } from './lists/fate-words.ts'
import { fieldOfError } from './lists/field-of-error.ts'
import { filesAndPlaces } from './lists/files-and-places.ts'
import { formFields } from './lists/form-fields.ts'
import { found } from './lists/found.ts'
import { givenAgain } from './lists/given-again.ts'
import { goodFor } from './lists/good-for.ts'
import { keptOut } from './lists/kept-out.ts'
import { keptPort } from './lists/kept-port.ts'
import { keptSafe } from './lists/kept-safe.ts'
import { keyRings } from './lists/key-rings.ts'
import { keyboard } from './lists/keyboard.ts'
import { keychainItems } from './lists/keychain-items.ts'
import { keychainProcess } from './lists/keychain-process.ts'
import { loginReason } from './lists/login-reason.ts'
import { loginTrials } from './lists/login-trials.ts'
import { madeClients } from './lists/made-clients.ts'
import { manyAtOnce } from './lists/many-at-once.ts'
import { missingLines } from './lists/missing-lines.ts'
import { much } from './lists/much.ts'
import { newerFiles } from './lists/newer-files.ts'
import { onSystems } from './lists/on-systems.ts'
import { onTheWay } from './lists/on-the-way.ts'
import { owedLineMutants } from './lists/owed-lines.ts'
import { promises } from './lists/promises.ts'
import { quitMutants } from './lists/quit.ts'
import { recordFile } from './lists/record-file.ts'
import { refusalShapes } from './lists/refusal-shapes.ts'
import { settingsChanges } from './lists/settings-changes.ts'
import { silence } from './lists/silence.ts'
import { silenceKept } from './lists/silence-kept.ts'
import { silenceTold } from './lists/silence-told.ts'
import { toldBeforehand } from './lists/told-beforehand.ts'
import { toldOverHttp } from './lists/told-over-http.ts'
import { toldRight } from './lists/told-right.ts'
import { tooLongMutants } from './lists/too-long.ts'
import { trayMutants } from './lists/tray.ts'
import { typing } from './lists/typing.ts'
import { uselessTokens } from './lists/useless-tokens.ts'
import { waits } from './lists/waits.ts'
import { windowFacts } from './lists/window-facts.ts'
import { windowScreens } from './lists/window-screens.ts'
import { windowWalls } from './lists/window-walls.ts'
import { windowWords } from './lists/window-words.ts'
import type { Mutant } from './mutant.ts'

/** Every promise that is broken on purpose, by the part that makes it. */
export const mutants: readonly Mutant[] = [
  ...accountLife,
  ...callers,
  ...codeAlone,
  ...constantTime,
  ...deadTokens,
  ...described,
  ...deeds,
  ...dialog,
  ...fieldOfError,
  ...formFields,
  ...diskAndKeychain,
  ...drivers,
  ...endings,
  ...fateRecord,
  ...fateTold,
  ...fateWords,
  ...fate,
  ...filesAndPlaces,
  ...found,
  ...keyRings,
  ...keyboard,
  ...keychainItems,
  ...keychainProcess,
  ...keptOut,
  ...keptPort,
  ...keptSafe,
  ...madeClients,
  ...manyAtOnce,
  ...ends,
  ...logFileMutants,
  ...missingLines,
  ...much,
  ...newerFiles,
  ...givenAgain,
  ...goodFor,
  ...loginReason,
  ...loginTrials,
  ...owedLineMutants,
  ...onSystems,
  ...onTheWay,
  ...promises,
  ...quitMutants,
  ...recordFile,
  ...refusalShapes,
  ...silenceKept,
  ...silenceTold,
  ...settingsChanges,
  ...silence,
  ...toldBeforehand,
  ...toldRight,
  ...toldOverHttp,
  ...tooLongMutants,
  ...trayMutants,
  ...typing,
  ...uselessTokens,
  ...waits,
  ...windowFacts,
  ...windowScreens,
  ...windowWalls,
  ...displayServers,
  ...windowWords,
]
