import { createFileInput } from './file.ts'

/** The inputs by the name that `input.type` gives them. */
export const inputs = { file: createFileInput }
