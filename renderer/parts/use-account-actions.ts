import { isRunnable, type Operation, operationRows } from '../../main/base/operations.ts'
import type { EndedView } from '../../preload/contract.ts'
import type { AccountView, CopyForm } from '../../preload/snapshot.ts'
import { useFeedback } from '../state/feedback.tsx'
import { useNavigation } from '../state/navigation.tsx'
import { useBridge, useLatest } from '../state/page.tsx'
import { useQuestion } from '../state/question.tsx'
import { called, withNames } from '../text/accounts.ts'
import { toLogOutQuestion } from '../text/questions.ts'
import { toConsequences, toRevocationLines } from '../text/revocation.ts'

/**
 * The actions of an account; those that cannot be undone ask first. `returnTo` is the id of the
 * element that gets the focus after a question.
 */
export function useAccountActions(account: AccountView, returnTo?: string) {
  const {
    uid,
    id,
    revokeAllHits: hits = 'all of its tokens, including those of other programs',
  } = account
  const latest = useLatest()
  const bridge = useBridge()
  const { run } = useFeedback()
  const { ask } = useQuestion()
  const name = called(account)
  // The account may be gone from the snapshot by then.
  const toLines = (ended: readonly EndedView[], empty?: readonly string[]) =>
    toRevocationLines(withNames(ended, [account]), Date.now(), empty)
  const withRevocations = (first: string) => (value: { readonly ended: readonly EndedView[] }) => [
    first,
    ...toLines(value.ended, []),
  ]
  const { home, go } = useNavigation()
  const back = returnTo === undefined ? {} : { returnTo }

  return {
    copy: (form: CopyForm) => run(() => bridge.copy(uid, form)),

    pin: (pinned: boolean) => run(() => bridge.changeAccount(uid, { pinned })),

    revokeActive: () => {
      const { leases, sessions } = latest()
      ask({
        ...back,
        title: `Revoke the active tokens of ${name}?`,
        text: [
          'They are revoked where the service allows it.',
          ...toConsequences([account], leases, sessions),
        ],
        action: 'Revoke',
        act: () =>
          run(
            () => bridge.endAccount(uid),
            ({ ended }) => toLines(ended),
          ),
      })
    },

    logOut: () =>
      ask({
        ...back,
        ...toLogOutQuestion(name),
        act: () => run(() => bridge.logout(uid), withRevocations(`Logged out of ${name}.`)),
      }),

    remove: () =>
      ask({
        ...back,
        title: `Remove ${name}?`,
        text: [
          'Active tokens are revoked where the service allows it. The account and its saved password are deleted.',
        ],
        action: 'Remove',
        act: async () => {
          if (await run(() => bridge.removeAccount(uid), withRevocations(`Removed ${name}.`)))
            home()
        },
      }),

    tryNow: () =>
      run(
        () => bridge.tryNow(uid),
        () => [`The service of ${name} answers again.`],
      ),

    /** Opens the screen of the operation, or asks and then runs it. */
    operate: (operation: Operation) => {
      const { shown, run: words } = operationRows[operation]
      if (shown?.screen) return go({ at: shown.screen, account: id })
      if (!words || !isRunnable(operation)) return undefined
      const { isConfirmed } = words
      return ask({
        ...{ ...back, ...words.question(name, hits) },
        ...(isConfirmed && { typed: id }),
        act: () =>
          run(
            () => bridge.runOperation(uid, operation, ...(isConfirmed ? [id] : [])),
            withRevocations(words.outcome(name, hits)),
          ),
      })
    },
  }
}

/** What the service of the account can do, in the order of the window. */
export function shownOperations({ state, operations }: AccountView) {
  const offered = state === 'signed_in' ? operations : []
  return offered
    .flatMap((name) => {
      const { shown } = operationRows[name]
      return shown ? [{ name, ...shown }] : []
    })
    .sort((one, other) => one.rank - other.rank)
}
