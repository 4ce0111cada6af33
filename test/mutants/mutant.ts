/** One place in a source file, and what stands there while the promise is broken. */
export interface Change {
  /** From the root of the project. */
  readonly file: string
  /** Stands exactly once in that file. */
  readonly find: string
  readonly replace: string
}

/** A small change that breaks one promise, and the test that has to notice. */
export interface Mutant {
  /** What is promised, in a sentence. No two have the same. */
  readonly promise: string
  readonly changes: readonly Change[]
  readonly noticedBy: {
    /** From the root of the project. */
    readonly file: string
    /** The test's name or a part of it, as it is written in that file. */
    readonly test: string
  }
}

/** Makes mutants of one source file that a test in one file notices, each by one change. */
export const changeIn =
  (file: string, tests: string) =>
  (promise: string, find: string, replace: string, test: string): Mutant => ({
    promise,
    changes: [{ file, find, replace }],
    noticedBy: { file: tests, test },
  })

/** True for tests of the program as it is built, which has to be built with the change first. */
export const needsBuild = ({ noticedBy }: Mutant) =>
  /^test\/(flows|packaging)\//.test(noticedBy.file)
