/** What hangs ends here, with its name, long before the limit of its file. */
const minutes = 5

/** Asking a store costs as much as this, ms: the longer something takes, the more rarely it is asked for. */
const [shortest, longest] = [20, 200]

/** Asks until it holds. Throws with the text of the condition when it does not come true in minutes. */
export async function until (holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + minutes * 60_000
  for (let pause = shortest; !await holds(); pause = Math.min(longest, pause * 1.25)) {
    if (performance.now() > end) throw new Error(`not true within ${minutes} minutes: ${holds.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, pause))
  }
}
