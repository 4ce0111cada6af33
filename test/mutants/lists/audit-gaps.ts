import { changeIn, type Mutant } from '../mutant.ts'

const lines = 'test/audit/reading/missing-lines.test.ts'
const inNumbering = changeIn('main/audit/reading/numbering.ts', lines)
const inReader = changeIn('main/audit/reading/audit-reader.ts', lines)
const inCommand = changeIn('main/cli/commands/activity.ts', 'test/cli/commands/activity.test.ts')

/** Gaps in the audit log are reported, and only real ones. */
export const auditGaps: readonly Mutant[] = [
  inNumbering(
    'lines removed from the audit log are reported',
    'if (isExpected || isSince) return null',
    'return null',
    'are reported where they were, one or many',
  ),
  inNumbering(
    'duplicate numbers in the audit log are reported',
    'if (seq < newer.seq) return',
    'if (seq <= newer.seq) return',
    'are reported if they repeat or go back',
  ),
  inNumbering(
    'lines written while the audit log is read are not reported as missing',
    'this.#mayBeNewer && newer !== null && seq >= newer.seq',
    'false && newer !== null',
    'do not include those written during the read',
  ),
  inReader(
    'a search does not report the lines it skips as missing',
    'numbering.next(line ?? parseNumber(placed.text))',
    'numbering.next(line ?? {})',
    'are distinguished from lines that a search or filter leaves out',
  ),
  inReader(
    'lines dropped by rotation are not reported as missing',
    "!existsSync(files.at(-1) ?? '')",
    'files.length > 0 || existsSync(files[0] ?? "")',
    'do not include those before a dropped file, but those removed from the first',
  ),
  inReader(
    'a gap is reported once even at the end of a page',
    "toPlace(placed, 'this')",
    'toPlace(placed, numbering.newer)',
    'are reported once when reading page by page, wherever the pages end',
  ),
  inReader(
    'a gap between two pages is reported',
    '() => toPlace(placed, newer)',
    '() => toPlace(placed, newer && null)',
    'are reported once when reading page by page, wherever the pages end',
  ),
  {
    promise: 'a truncated audit log is reported while Tokentray runs',
    changes: [
      {
        file: 'main/audit/activity.ts',
        find: 'readActivity(folder, query, reading)',
        replace: 'readActivity(folder, query, { signal })',
      },
    ],
    noticedBy: {
      file: lines,
      test: 'are reported at the end of a record truncated while Tokentray runs, even if nothing is left',
    },
  },
  {
    promise: 'files created while the audit log is read are not mistaken for older ones',
    changes: [
      {
        file: 'main/audit/lines-backwards.ts',
        find: ' || (read.size > 0 && !known.has(identity))',
        replace: ' || known.size < 0',
      },
    ],
    noticedBy: { file: lines, test: 'do not include those of files created during the read' },
  },
  inCommand(
    'the command line reports gaps on a separate line',
    'if (numbers) return what',
    '',
    'reports missing lines on a line of their own',
  ),
  inCommand(
    'following the audit log reports a gap once',
    "event === 'lines_missing' ? 1 : 0",
    "event === 'lines_missing' ? 0 : 0",
    'follows, and reports missing lines once',
  ),
  {
    promise: 'the window shows a gap as a separate row',
    changes: [
      {
        file: 'main/desktop/ipc/activity-view.ts',
        find: '...(numbers && { isGap: true }),',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/desktop/ipc/activity-view.test.ts',
      test: 'gives the page missing lines as their own row',
    },
  },
  {
    promise: 'the window does not count gaps as search results',
    changes: [
      {
        file: 'renderer/screens/activity.tsx',
        find: 'lines.filter(({ isGap }) => !isGap).length',
        replace: 'lines.length',
      },
    ],
    noticedBy: {
      file: 'test/renderer/other-screens.test.ts',
      test: 'has a row for missing lines, which no search finds or hides',
    },
  },
]
