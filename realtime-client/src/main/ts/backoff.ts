/** The longest delay after each failure in a row, in milliseconds. */
const STEPS = [1_000, 2_000, 4_000, 8_000, 16_000, 30_000] as const;

/** Full jitter: anything up to the step, so that the clients of a server that failed do not come back at once. */
export function backoff(failures: number, random: () => number): number {
  const step = STEPS[Math.min(failures, STEPS.length - 1)] ?? 0;
  return Math.round(random() * step);
}
