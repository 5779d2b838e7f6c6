/** An identifier in the engine's quotes. */
export function quoteName (name: string): string {
  return `\`${name.replace(/[\\`]/g, '\\$&')}\``
}

/** A text in the engine's quotes. */
export function quoteText (text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`
}

/** Settings in the form of a SETTINGS clause, without the word. */
export function assignments (settings: Readonly<Record<string, string | number | boolean>>, prefix = ''): string {
  return Object.entries(settings).map(([name, value]) => `${quoteName(`${prefix}${name}`)} = ${quoteText(String(value))}`).join(', ')
}
