import { styleText } from 'node:util'

/** True where Node would use colours: on a terminal, or where FORCE_COLOR asks for them. A build server (CI) alone is no reason for any. */
export const hasColors = styleText('dim', '-', { stream: process.stdout }) !== '-'
