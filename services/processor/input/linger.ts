/** So few bytes wait longer: a batch costs the store nearly the same, however small it is. */
const fewBytes = 256 * 1024

/** How much longer. */
const patience = 4

/** For the documentation of `batch.linger`. */
export const lingerHelp = 'How long fewer records than that are waited for more; four times as long while they are fewer than 256 KiB, ' +
  'because a batch costs the store nearly the same, however small it is.'

/** How long records of so many bytes are waited for more, ms, when `linger` is what is configured. */
export function lingerFor (bytes: number, linger: number): number {
  return bytes < fewBytes ? patience * linger : linger
}
