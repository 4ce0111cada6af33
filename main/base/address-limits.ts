/** How many web addresses an account can answer for. */
export const MOST_ADDRESSES = 20

/** The longest of them; each is in a line of the activity record. */
export const LONGEST_ADDRESS = 500
