/** Calendar days as the city counts them. Seoul is UTC+9 the year round since 1988-10-09; records are younger than that. */
const OFFSET_SEC = 9 * 3600;
const DAY_SEC = 86_400;

/** The day, `YYYY-MM-DD`, in Seoul. */
export function seoulDay(timeSec: number): string {
  return dayOfNumber(Math.floor((timeSec + OFFSET_SEC) / DAY_SEC));
}

/** First second of a day in Seoul, Unix time. */
export function startOfSeoulDay(day: string): number {
  return numberOfDay(day) * DAY_SEC - OFFSET_SEC;
}

/** Last second of a day in Seoul, Unix time. */
export function endOfSeoulDay(day: string): number {
  return startOfSeoulDay(day) + DAY_SEC - 1;
}

export function addDays(day: string, days: number): string {
  return dayOfNumber(numberOfDay(day) + days);
}

/** Days from one day to another; negative when `to` is earlier. */
export function daysBetween(from: string, to: string): number {
  return numberOfDay(to) - numberOfDay(from);
}

/** Adds days from Monday to Friday; public holidays are counted as working days, since no calendar of them is bound. */
export function addWorkingDays(day: string, days: number): string {
  let at = numberOfDay(day);
  for (let left = days; left > 0; ) {
    at++;
    // 1970-01-01, day 0, was a Thursday: 2 and 3 of this week are Saturday and Sunday.
    if (at % 7 !== 2 && at % 7 !== 3) left--;
  }
  return dayOfNumber(at);
}

function numberOfDay(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) / (DAY_SEC * 1000);
}

function dayOfNumber(number: number): string {
  return new Date(number * DAY_SEC * 1000).toISOString().slice(0, 10);
}
