import { changeIn, type Mutant } from '../mutant.ts'

const handlers = changeIn(
  'main/desktop/ipc/tool-handlers.ts',
  'test/desktop/ipc/tool-handlers.test.ts',
)
const dialogs = changeIn('main/desktop/window/popover.ts', 'test/desktop/window/popover.test.ts')
const curlFile = changeIn(
  'main/base/files/curl-config.ts',
  'test/cli/commands/support/curl-config.test.ts',
)
const fresh = changeIn(
  'main/desktop/tools/fresh-secrets.ts',
  'test/desktop/tools/fresh-secrets.test.ts',
)

/** Only the user gives a tool an account, and a new secret leaves the main process once. */
export const toolSecrets: readonly Mutant[] = [
  handlers(
    'the page alone cannot give a tool an account',
    "if (!(await ask(toGrantQuestion(tool, names)))) throw new TokentrayError('cancelled')",
    'await ask(toGrantQuestion(tool, names))',
    'does nothing if the user declines',
  ),
  handlers(
    'the page alone cannot give a tool one more account',
    'await requireConsent(toolOf(id).name, asked)',
    'await requireConsent(toolOf(id).name, [])',
    'are more only if the user agrees natively',
  ),
  handlers(
    'an account that was taken from a tool during the question does not come back',
    'some((uid) => !asked.includes(uid))) throw',
    'some((uid) => !uids.includes(uid))) throw',
    'do not come back unasked',
  ),
  handlers(
    'the question names each account once',
    'const uids = [...new Set(accounts)]\n      await requireConsent',
    'const uids = [...accounts]\n      await requireConsent',
    'asks about each account once',
  ),
  dialogs(
    'the page cannot stack dialogs',
    "if (this.#hasDialog) throw new TokentrayError('cancelled')",
    '',
    'shows one dialog at a time',
  ),
  dialogs(
    'a double click on a dialog does not answer the next one',
    'if (left > 0) await',
    'if (left > DOUBLE_CLICK_MS) await',
    'shows the next one only when a double click',
  ),
  handlers(
    'no tool is connected while Tokentray is locked',
    '    connectTool: async (name, accounts, leaseSeconds) => {\n      requireUnlocked()\n',
    '    connectTool: async (name, accounts, leaseSeconds) => {\n',
    'is refused while Tokentray is locked',
  ),
  curlFile(
    'a tool keeps its secret if a folder stands in place of the file for the new one',
    'if (isFolder(file)) throw',
    "if (file === '' && isFolder(file)) throw",
    'is not made, and the old one stays',
  ),
  fresh(
    'the new secret of a tool is delivered once',
    'if (this.#kept.get(id) === kept) this.drop(id)',
    '',
    'is delivered once',
  ),
  fresh(
    'the new secret of a tool is not delivered twice at the same time',
    'if (kept.isInUse) {',
    'if (!kept) {',
    'is not delivered twice at the same time',
  ),
]
