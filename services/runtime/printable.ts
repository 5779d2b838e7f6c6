/** Text for a terminal: what documents, logs and file names hold must not steer it. */

/** C0 but for tab and line feed, DEL and C1 (ECMA-48): what starts or is a control sequence, or moves the cursor. */
// eslint-disable-next-line no-control-regex
const controls = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g

/** Marks that turn the direction of writing, so that a text reads otherwise than it is (Unicode, annex 9), and line ends of Unicode. */
const steering = /[\u061C\u200E\u200F\u2028\u2029\u202A-\u202E\u2066-\u2069]/g

/** A colour or another attribute of letters (SGR), as our own tables have them. */
// eslint-disable-next-line no-control-regex
const attribute = /(\u001B\[[\d;]*m)/

/**
 * The text without control characters: each is written as `\u001b`, which JSON reads as the same character. Lines and tabs stay;
 * `colors` leaves attributes of letters (SGR) as they are.
 */
export function printable (text: string, colors = false): string {
  if (text.search(controls) < 0) return text
  if (!colors) return text.replace(controls, escaped)
  return text.split(attribute).map((part, index) => index % 2 === 1 ? part : part.replace(controls, escaped)).join('')
}

/** The same on one line, also without marks that turn the direction of writing: for names and values inside a sentence or a table. */
export function printableLine (text: string): string {
  return text.replace(/\p{Cc}/gu, short).replace(steering, escaped)
}

function short (letter: string): string {
  return `\\x${letter.charCodeAt(0).toString(16).padStart(2, '0')}`
}

function escaped (letter: string): string {
  return `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`
}
