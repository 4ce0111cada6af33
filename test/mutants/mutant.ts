/** A replacement in a source file that breaks a promise. */
export interface Change {
  /** Relative to the root of the project. */
  readonly file: string
  /** Must occur exactly once in that file. */
  readonly find: string
  readonly replace: string
}

/** A small change that breaks one promise, and the test that must fail. */
export interface Mutant {
  /** The promise, as a sentence; unique. */
  readonly promise: string
  readonly changes: readonly Change[]
  readonly noticedBy: {
    /** Relative to the root of the project. */
    readonly file: string
    /** The test's name, or a part of it, as written in that file. */
    readonly test: string
  }
}

/** Creates mutants with one change each in one source file, noticed by tests in one file. */
export const changeIn =
  (file: string, tests: string) =>
  (promise: string, find: string, replace: string, test: string): Mutant => ({
    promise,
    changes: [{ file, find, replace }],
    noticedBy: { file: tests, test },
  })

/** True for tests of the built program, which must first be built with the change. */
export const needsBuild = ({ noticedBy }: Mutant) =>
  /^test\/(flows|packaging)\//.test(noticedBy.file)
