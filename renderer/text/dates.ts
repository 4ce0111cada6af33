/** Dates and times of day as they are written in one region, with English words. */
export interface Dates {
  /** The time of day: `14:05` or `2:05 PM`. */
  clockTime(at: number): string
  /** Date and time in full, for a tooltip. */
  fullTime(at: number): string
  /** The day as a heading: `Today`, `Yesterday`, `Mon, 3 November`. */
  dayName(at: number, now: number): string
}

const known = new Map<string, Dates>()

/** How the region of this locale writes dates, for example `de-DE`; any other text means British ones. */
export function datesOf(locale: string): Dates {
  const dates = known.get(locale) ?? createDates(toEnglish(locale))
  known.set(locale, dates)
  return dates
}

/** English as it is written in the region, such as `en-DE`: the window has no other words. */
function toEnglish(locale: string): string {
  try {
    const { region } = new Intl.Locale(locale).maximize()
    return region === undefined ? FALLBACK : `en-${region}`
  } catch {
    // What some systems report is no locale: "C", or "de_DE.UTF-8@euro".
    return FALLBACK
  }
}

const FALLBACK = 'en-GB'

function createDates(locale: string): Dates {
  const time = new Intl.DateTimeFormat(locale, { timeStyle: 'short' })
  const date = new Intl.DateTimeFormat(locale, { weekday: 'short', day: 'numeric', month: 'long' })
  const full = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' })
  return {
    clockTime: (at) => time.format(at),
    fullTime: (at) => full.format(at),
    dayName(at, now) {
      const day = new Date(at).toDateString()
      if (day === new Date(now).toDateString()) return 'Today'
      const before = new Date(now)
      before.setDate(before.getDate() - 1)
      return day === before.toDateString() ? 'Yesterday' : date.format(at)
    },
  }
}
