import { changeIn, type Mutant } from '../mutant.ts'

const handlers = changeIn(
  'main/desktop/ipc/tool-handlers.ts',
  'test/desktop/ipc/tool-handlers.test.ts',
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
    'await requireConsent(tool.name, added)',
    'await requireConsent(tool.name, [])',
    'are more only if the user agrees natively',
  ),
  handlers(
    'no tool is connected while Tokentray is locked',
    '    connectTool: async (name, accounts, leaseSeconds) => {\n      requireUnlocked()\n',
    '    connectTool: async (name, accounts, leaseSeconds) => {\n',
    'is refused while Tokentray is locked',
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
