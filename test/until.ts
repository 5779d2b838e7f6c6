/** What hangs ends here, with its name, long before the limit of its file. */
const minutes = 5

/** Asks every 20 ms until it holds. Throws with the text of the condition when it does not come true in minutes. */
export async function until (holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + minutes * 60_000
  while (!await holds()) {
    if (performance.now() > end) throw new Error(`not true within ${minutes} minutes: ${holds.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
