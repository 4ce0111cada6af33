import { type Dates, datesOf } from '../text/dates.ts'
import { useLatest } from './page.tsx'

/** Dates as the system of the user writes them, which stays the same while Tokentray runs. */
export const useDates = (): Dates => datesOf(useLatest()().status.locale)
