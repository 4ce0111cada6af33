import { changeIn, type Mutant } from '../mutant.ts'

const lines = 'test/audit/reading/missing-lines.test.ts'
const inNumbering = changeIn('main/audit/reading/numbering.ts', lines)
const inReader = changeIn('main/audit/reading/audit-reader.ts', lines)
const inCommand = changeIn('main/cli/commands/activity.ts', 'test/cli/commands/activity.test.ts')

/** Whoever reads the record is told what is missing in it, and of nothing that is there. */
export const auditGaps: readonly Mutant[] = [
  inNumbering(
    'lines that were taken out of the record are pointed out',
    'if (isExpected || isSince) return null',
    'return null',
    'are said where they were, one or many',
  ),
  inNumbering(
    'numbers that stand twice in the record are pointed out',
    'if (seq < newer.seq) return',
    'if (seq <= newer.seq) return',
    'are said where they stand twice, or go back',
  ),
  inNumbering(
    'lines that come while the record is read are not taken for missing ones',
    'this.#mayBeNewer && newer !== null && seq >= newer.seq',
    'false && newer !== null',
    'are not those that are written while it is read',
  ),
  inReader(
    'a search makes no gap of the lines that it leaves out',
    'numbering.next(line ?? parseNumber(placed.text))',
    'numbering.next(line ?? {})',
    'are told from lines that a search or a filter leaves out',
  ),
  inReader(
    'what was dropped by rotation is not called missing',
    "!existsSync(files.at(-1) ?? '')",
    'files.length > 0 || existsSync(files[0] ?? "")',
    'are not those before a file that was dropped',
  ),
  inReader(
    'what is missing is said once, though a page ends there',
    "toPlace(placed, 'this')",
    'toPlace(placed, numbering.newer)',
    'are said once to whoever reads page by page',
  ),
  inReader(
    'what is missing between two pages is said',
    '() => toPlace(placed, newer)',
    '() => toPlace(placed, newer && null)',
    'are said once to whoever reads page by page',
  ),
  {
    promise: 'an end of the record that was cut off is pointed out while Tokentray runs',
    changes: [
      {
        file: 'main/audit/activity.ts',
        find: 'readActivity(folder, query, reading)',
        replace: 'readActivity(folder, query, { signal })',
      },
    ],
    noticedBy: { file: lines, test: 'are said at the end of a record that was cut' },
  },
  {
    promise: 'files that came while the record is read are not taken for older ones',
    changes: [
      {
        file: 'main/audit/lines-backwards.ts',
        find: ' || (read.size > 0 && !known.has(identity))',
        replace: ' || known.size < 0',
      },
    ],
    noticedBy: { file: lines, test: 'are not those of files that came while it was read' },
  },
  inCommand(
    'the command line says where lines are missing in a line of its own',
    'if (numbers) return what',
    '',
    'says in a line of its own where lines are missing',
  ),
  inCommand(
    'whoever follows the record is told once where lines are missing',
    "event === 'lines_missing' ? 1 : 0",
    "event === 'lines_missing' ? 0 : 0",
    'follows, and says once where lines are missing',
  ),
  {
    promise: 'the window has a row of its own where lines are missing',
    changes: [
      {
        file: 'main/desktop/ipc/activity-view.ts',
        find: '...(numbers && { isGap: true }),',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/desktop/ipc/activity-view.test.ts',
      test: 'gives the page what lines are missing as a row of its own',
    },
  },
  {
    promise: 'the window does not count as found what is no line',
    changes: [
      {
        file: 'renderer/screens/activity.tsx',
        find: 'lines.filter(({ isGap }) => !isGap).length',
        replace: 'lines.length',
      },
    ],
    noticedBy: {
      file: 'test/renderer/managing.test.ts',
      test: 'has a row where lines are missing, which no search finds or hides',
    },
  },
]
