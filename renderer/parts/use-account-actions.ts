import { isRunnable, type Operation, operationRows } from '../../main/base/operations.ts'
import type { EndedView } from '../../preload/contract.ts'
import type { AccountView, CopyForm } from '../../preload/snapshot.ts'
import { useFeedback } from '../state/feedback.tsx'
import { useNavigation } from '../state/navigation.tsx'
import { useBridge, useLatest } from '../state/page.tsx'
import { useQuestion } from '../state/question.tsx'
import { toLogOutQuestion } from '../text/questions.ts'
import { toConsequences, toRevocationLines } from '../text/revocation.ts'

const withRevocations = (first: string) => (value: { readonly ended: readonly EndedView[] }) => [
  first,
  ...toRevocationLines(value.ended, Date.now(), []),
]

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
  const { home, go } = useNavigation()
  const back = returnTo === undefined ? {} : { returnTo }

  return {
    copy: (form: CopyForm) => run(() => bridge.copy(uid, form)),

    pin: (pinned: boolean) => run(() => bridge.changeAccount(uid, { pinned })),

    revokeActive: () => {
      const { leases, sessions } = latest()
      ask({
        ...back,
        title: `Revoke the active tokens of ${id}?`,
        text: [
          'They are revoked where the service allows it.',
          ...toConsequences([account], leases, sessions),
        ],
        action: 'Revoke',
        act: () =>
          run(
            () => bridge.endAccount(uid),
            ({ ended }) => toRevocationLines(ended, Date.now()),
          ),
      })
    },

    logOut: () =>
      ask({
        ...back,
        ...toLogOutQuestion(id),
        act: () => run(() => bridge.logout(uid), withRevocations(`Logged out of ${id}.`)),
      }),

    remove: () =>
      ask({
        ...back,
        title: `Remove ${id}?`,
        text: [
          'Active tokens are revoked where the service allows it. The account and its saved password are deleted.',
        ],
        action: 'Remove',
        act: async () => {
          if (await run(() => bridge.removeAccount(uid), withRevocations(`Removed ${id}.`))) home()
        },
      }),

    tryNow: () =>
      run(
        () => bridge.tryNow(uid),
        () => [`The service of ${id} answers again.`],
      ),

    /** Opens the screen of the operation, or asks and then runs it. */
    operate: (name: Operation) => {
      const { shown, run: words } = operationRows[name]
      if (shown?.screen) return go({ at: shown.screen, account: id })
      if (!words || !isRunnable(name)) return undefined
      const { isConfirmed } = words
      return ask({
        ...{ ...back, ...words.question(id, hits) },
        ...(isConfirmed && { typed: id }),
        act: () =>
          run(
            () => bridge.runOperation(uid, name, ...(isConfirmed ? [id] : [])),
            withRevocations(words.outcome(id, hits)),
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
