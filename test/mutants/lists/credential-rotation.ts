import { changeIn, type Mutant } from '../mutant.ts'

const renewals = 'test/broker/rotation/renewal.test.ts'
const endings = 'test/broker/rotation/end-credential.test.ts'
const kept = 'test/broker/rotation/kept-credential.test.ts'
const unstored = 'test/broker/rotation/unstored-credential.test.ts'
const cutOff = 'test/broker/rotation/cut-off.test.ts'
const given = 'test/broker/rotation/given-up.test.ts'
const inRotation = changeIn('main/broker/session/credential-rotation.ts', renewals)
const inRenewal = changeIn('main/broker/session/renewal.ts', renewals)
const inSession = changeIn('main/broker/session/session.ts', renewals)
const inEntry = changeIn('main/broker/ledger/ledger-entry.ts', renewals)
const inLedger = changeIn('main/broker/ledger/ledger.ts', renewals)
const inSaved = changeIn('main/broker/ledger/saved-credentials.ts', renewals)
const inLedgerKept = changeIn('main/broker/ledger/ledger.ts', kept)
const inSavedKept = changeIn('main/broker/ledger/saved-credentials.ts', kept)
const inRevokerKept = changeIn('main/broker/revocation/revoker.ts', kept)
const inRotationUnstored = changeIn('main/broker/session/credential-rotation.ts', unstored)
const inRotationCutOff = changeIn('main/broker/session/credential-rotation.ts', cutOff)
const inRenewalCutOff = changeIn('main/broker/session/renewal.ts', cutOff)
const inRenewalGiven = changeIn('main/broker/session/renewal.ts', given)
const inAuthStateGiven = changeIn('main/broker/session/auth-state.ts', given)
const inFailureCutOff = changeIn('main/providers/http/failure.ts', cutOff)
const inCalls = changeIn(
  'main/broker/service/driver-calls.ts',
  'test/broker/service/driver-calls.test.ts',
)
const inHosts = changeIn('main/broker/service/hosts.ts', 'test/broker/service/hosts.test.ts')
const inBulk = changeIn('main/broker/concurrency/bulk.ts', 'test/broker/concurrency/bulk.test.ts')
const inLogins = changeIn('main/broker/login/logins.ts', endings)
const inEndings = changeIn('main/broker/login/retired-credentials.ts', endings)
const inRecovery = changeIn('main/broker/startup-recovery.ts', endings)

/** A credential that renewals change is not lost, used twice or left valid. */
export const credentialRotation: readonly Mutant[] = [
  inRotation(
    'the service is not asked for another credential unless the ledger can be written',
    '      await credentials.write(credentials.change(saved, { isRenewing: true }))',
    '      credentials.change(saved, { isRenewing: true })',
    'asks the service nothing if the ledger cannot be written',
  ),
  inRotation(
    'a credential that the keychain does not have yet takes precedence over the one that it has',
    'return this.#saved?.credential ?? (await this.#ports.readCredential())',
    'return await this.#ports.readCredential()',
    'renews with the new credential even before the keychain has it',
  ),
  inRotation(
    'the user sees a notice while the keychain does not have a renewed credential',
    '    if (!this.#hasFailed || !saved) return null',
    '    if (this.#hasFailed || !saved) return null',
    'leaves the token usable, shows a notice, and is retried',
  ),
  inRotation(
    'a renewed credential that could not be stored is stored later',
    '    void this.store()',
    '',
    'leaves the token usable, shows a notice, and is retried',
  ),
  inRotation(
    'a credential stays in the ledger until the keychain has it',
    '      this.#tell(true)',
    '      await this.#remove(saved)',
    'has the new credential if its answer has come to the ledger',
  ),
  inSaved(
    'a start does not take a credential for the newest whose line could not be removed',
    '    this.#removed.set(entry.id, entry.accountUid)',
    '',
    'does not use an old credential after a restart if its line could not be removed',
  ),
  inRenewal(
    'a renewed credential is in the keychain before its token is used',
    '        await rotation.store()',
    '        void rotation.store()',
    'issues no token before the keychain has answered',
  ),
  inRenewal(
    'a renewed credential is not lost with a token that could not be recorded',
    '    } finally {',
    '    } catch {\n      throw new Error()\n    }\n    {',
    'has the credential too if only the ledger cannot be written after the answer',
  ),
  inRenewal(
    'a renewal whose answer is lost is tried once more with the same credential',
    '    if (!mayBeRenewed(error)) throw error',
    '    throw error',
    'is tried once more with the same credential, which services accept for a few seconds',
  ),
  inRenewal(
    'a renewal that was refused is not sent again',
    '    if (!mayBeRenewed(error)) throw error',
    '',
    'is not tried again at once where nothing was sent, or the service has refused it',
  ),
  inRenewal(
    'a login that is required because a renewal was cut off says so',
    '  if (!isRefusal(error)) return error\n',
    '  return error\n',
    'needs a login, and says why, if the answer has not come',
  ),
  inRenewal(
    'a token that is called the same and is another one is not taken for the same',
    "old: old === 'same' && !isSame ? 'unknown' : old }",
    'old }',
    'is as good as unknown if it is called the same and is another one',
  ),
  inSession(
    'a token that a renewal has ended is not revoked again, and its leases are closed',
    "    if (before && held !== before && old === 'ends') {",
    "    if (before && held !== before && old === 'same') {",
    'is recorded as revoked and not revoked again if the service has ended it',
  ),
  inSession(
    'a token of which nothing is known after a renewal is tried out before it is handed out again',
    "    if (this.#current && old === 'unknown') this.tokenChecks.markUnknown(this.#current)",
    '',
    'is tried out before it is handed out again, and revoked in the end, if nothing is known',
  ),
  inLedger(
    'a token that its service has extended keeps its entry, with its new end',
    '    return this.#live.has(held.id) ? this.#insert(held) : held',
    '    return held',
    'keeps its entry and its leases if the service has extended it',
  ),
  inLedger(
    'a credential is in the ledger as soon as the token that came with it',
    '      ...credentials.lines,',
    '',
    'has the new credential if its answer has come to the ledger',
  ),
  inLedgerKept(
    'a credential is in the ledger although the token that came with it was there before',
    '    if (!change) return await this.credentials.write(item)',
    '    if (!change) return',
    'is in the ledger before the keychain is asked if the same token comes again',
  ),
  inSavedKept(
    'a credential that changes while the ledger is being written is written after that',
    '        if (this.#byId.get(entry.id) === entry) this.#unwritten.delete(entry.id)',
    '        this.#unwritten.delete(entry.id)',
    'is written with the next token if it changes while the ledger is being written',
  ),
  inLedgerKept(
    'a token that changes while the ledger is being written is written after that',
    '    if (this.#unwritten.get(item.id) === change) this.#unwritten.delete(item.id)',
    '    this.#unwritten.delete(item.id)',
    'that is extended while the ledger is being written is written once more',
  ),
  inRevokerKept(
    'a token in use is not revoked because the credential that came with it was not written',
    '      if (ledger.isWritten(held)) throw error\n',
    '',
    'leaves a token alone that was in use before, if only the ledger cannot be written',
  ),
  inRotationUnstored(
    'a credential that the keychain has is not written to it again and again',
    '    this.#stored = credential\n',
    '',
    'is written once, and not again while the next renewal has no answer',
  ),
  inRotationUnstored(
    'a credential that the keychain has leaves the ledger when its renewal is refused',
    '    if (!this.#isMissing(saved)) return await this.#remove(saved)',
    '    if (!saved.credential) return await this.#remove(saved)',
    'leaves no line in the ledger once it is written and the renewal is refused',
  ),
  inRotationCutOff(
    'a renewal that was not sent because the disk is full does not count as cut off',
    '      if (!wasCutOff) await this.cancel()',
    '',
    'is not one that was never sent because the ledger could not be written',
  ),
  inRenewalCutOff(
    'a renewal that is refused by a pause does not write to the ledger',
    '      const renewed = await this.#authState.callService(() => this.#askOnRecord(renew))',
    '      await rotation.begin()\n      const renewed = await this.#authState.callService(() => this.#askOnRecord(renew))',
    'does not write to the ledger for calls that a pause refuses',
  ),
  inRenewalCutOff(
    'a renewal whose answer was lost counts as cut off although it was tried once more',
    '      wasCutOff = true',
    '',
    'stays one during a pause of the account',
  ),
  inRenewalGiven(
    'a token that was revoked while its service extended it is not handed out',
    '      const isGivenUp = isSame && this.#isGivenUp(live)',
    '      const isGivenUp = false',
    'is not handed out if it was revoked while its service extended it',
  ),
  inRenewalGiven(
    'a token that is being revoked while its service extends it is not handed out',
    'ledger.get(live.id) === undefined || ledger.isReleased(live)',
    'ledger.get(live.id) === undefined',
    'is not handed out if it is still being revoked when its service has extended it',
  ),
  inAuthStateGiven(
    'a credential that comes after a log-out does not stay in memory',
    '    if (!this.epoch.isCurrent(mark)) return\n',
    '',
    'does not come into memory if the account is logged out during its renewal',
  ),
  inRotationUnstored(
    'a credential that neither ledger nor keychain has is written to the ledger as soon as that works',
    '      await this.#writeLine(saved)\n',
    '',
    'is in the ledger once the disk has room again, and the notice says where it is',
  ),
  inRotationUnstored(
    'the notice does not claim that the ledger has a credential that it does not have',
    'isPersistent && credentials.isWritten(saved)',
    'isPersistent',
    'is in the ledger once the disk has room again, and the notice says where it is',
  ),
  inFailureCutOff(
    'a renewal for which there was no connection does not count as cut off',
    "    ...(UNREACHED.has(code) && !responseStarted && { unsent: 'unreached' }),\n",
    '',
    'is not one for which there was no connection, which is not tried again at once either',
  ),
  inCalls(
    'a call of which an earlier request was sent is not taken for unsent',
    '        if (isBegun && isUnsent) throw afterOthers(error)\n',
    '',
    'does not report a call as unsent of which an earlier request was sent',
  ),
  inHosts(
    'a refused connection fails all who wait for the first request',
    "error.unsent !== 'withdrawn'",
    'error.unsent === undefined',
    'fails all callers that wait for the first request, and retries with the next',
  ),
  inBulk(
    'bulk work does not ask a host again that refuses connections',
    "error.unsent === 'withdrawn'",
    'error.unsent !== undefined',
    'is not called again by bulk work once it has refused the connection',
  ),
  inEntry(
    'what belongs to a token is there to revoke it after a crash',
    '      ...(outputs && { outputs: revealAll(outputs) }),',
    '',
    'is in the ledger, encrypted, and is there to revoke it after a crash',
  ),
  inLogins(
    'the credential of an account that is logged out is ended at its service',
    'Promise.all([ending, tokens, ends]).then(([entry]) => entry && revoker.revoke(entry)),',
    'Promise.all([ending, tokens, ends]),',
    'is ended at the service, after the tokens',
  ),
  inLogins(
    'the credential of an account is ended after its tokens',
    'Promise.all([ending, tokens, ends]).then(([entry]) => entry && revoker.revoke(entry)),',
    'Promise.all([ending]).then(([entry]) => entry && revoker.revoke(entry)),',
    'is not ended before the service has answered about the tokens',
  ),
  inEndings(
    'the credential of an account that is logged out is ended after a crash as well',
    '      await ledger.write(entry)',
    '',
    'stays in the keychain while the ledger cannot be written',
  ),
  inRecovery(
    'the credential of an account that stays logged in is not ended at a start',
    '      if (!isLoggedOut && credentialKey(record) === entry.item) continue\n',
    '',
    'is not ended when Tokentray quits, nor at the next start',
  ),
  inRecovery(
    'a renewed credential is kept by a version that does not know its provider',
    '      if (!driver) continue',
    '      if (!driver) {\n        ledger.credentials.remove(entry).catch(() => undefined)\n        continue\n      }',
    'is kept by a version that does not know its provider',
  ),
  inEndings(
    'a log-out that a crash has cut off is completed at the next start',
    'if (listed.has(item) && !this.#find(uid, item)) this.#left.add(uid)',
    '',
    'is ended at the next start if the process is killed before the ledger has it',
  ),
  inEndings(
    'a credential that cannot be read is not taken for none',
    '      if (isUnknown || !driver.endCredential) return null',
    '      if (isUnknown || driver.endCredential) return null',
    'stays in the keychain while that cannot be read',
  ),
  inEndings(
    'a log-out that could not read the keychain is completed once that can be read',
    '      this.#left.add(uid)\n      throw error',
    '      throw error',
    'stays in the keychain while that cannot be read',
  ),
  inEndings(
    'a log-out that could not be completed does not end the credential of a later login',
    "    if (account?.record.state !== 'signed_out') {",
    '    if (!account) {',
    'is not ended if the account has another login by then',
  ),
  inEndings(
    'the credential of a log-out that was cut off is left to the version that can end it',
    'this.#left.has(uid) || !accounts.byUid(uid)',
    'this.#left.has(uid)',
    'stays in the keychain for the version that knows its provider',
  ),
  inRenewal(
    'the credential of a session does not replace that of a later login',
    'epoch.isCurrent(current) ? renewed : tokenAlone',
    'renewed',
    'stores no credential from a renewal during which the account was',
  ),
]
