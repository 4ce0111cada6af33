import type { EndedView } from '../../preload/contract.ts'
import type { AccountView, CopyForm } from '../../preload/snapshot.ts'
import { useAsking } from '../state/asking.tsx'
import { useFeedback } from '../state/feedback.tsx'
import { useNavigation } from '../state/navigation.tsx'
import { useBridge, useLatest } from '../state/page.tsx'
import { toConsequences, toEndings } from '../text/endings.ts'
import { toLogOutQuestion } from '../text/questions.ts'

const told = (first: string) => (value: { readonly ended: readonly EndedView[] }) => [
  first,
  ...toEndings(value.ended, Date.now(), []),
]

/**
 * What can be done with an account, with the question where it cannot be taken back. `returnTo` is
 * the id of the element that gets the focus after a question.
 */
export function useAccountActions(account: AccountView, returnTo?: string) {
  const { uid, id, revokeAllHits: hits = 'all of its tokens, whoever uses them' } = account
  const latest = useLatest()
  const bridge = useBridge()
  const { run } = useFeedback()
  const { ask } = useAsking()
  const { home } = useNavigation()
  const back = returnTo === undefined ? {} : { returnTo }

  return {
    copy: (form: CopyForm) => run(() => bridge.copy(uid, form)),

    endLeases: () => {
      const { leases, sessions } = latest()
      ask({
        ...back,
        title: `End the leases of ${id}?`,
        text: [
          'Tools lose the tokens of this account.',
          ...toConsequences([account], leases, sessions),
        ],
        deed: 'End leases',
        act: () =>
          run(
            () => bridge.endAccount(uid),
            ({ ended }) => toEndings(ended, Date.now()),
          ),
      })
    },

    logOut: () =>
      ask({
        ...back,
        ...toLogOutQuestion(id),
        act: () => run(() => bridge.logout(uid), told(`Logged out: ${id}.`)),
      }),

    remove: () =>
      ask({
        ...back,
        title: `Remove ${id}?`,
        text: [
          'Active tokens are revoked where the service allows it, and the account and its saved password are deleted.',
        ],
        deed: 'Remove',
        act: async () => {
          if (await run(() => bridge.removeAccount(uid), told(`Removed: ${id}.`))) home()
        },
      }),

    tryNow: () =>
      run(
        () => bridge.tryNow(uid),
        () => [`The service of ${id} answers again.`],
      ),

    rotate: () =>
      ask({
        ...back,
        title: `Rotate the tokens of ${id}?`,
        text: [
          'New tokens take the place of those that are out, and these end.',
          'Tools that keep what they were given until it ends will find that it has ended.',
        ],
        deed: 'Rotate',
        isMild: true,
        act: () => run(() => bridge.rotate(uid), told(`New tokens: ${id}.`)),
      }),

    revokeAll: () =>
      ask({
        ...back,
        title: `End every token of ${id}?`,
        text: [`This ends ${hits}.`],
        warning: 'Tokens of other programs end as well, and these stop working.',
        deed: 'End all tokens',
        typed: id,
        act: () => run(() => bridge.revokeAll(uid, id), told(`Ended: ${hits}.`)),
      }),
  }
}
