import { fileInput } from './file.ts'
import { httpInput } from './http.ts'
import { kafkaInput } from './kafka-options.ts'
import { stdinInput } from './stdin.ts'

/** The kinds of inputs. Their types are those that `inputs:` uses. */
export const inputKinds = [fileInput, httpInput, kafkaInput, stdinInput] as const
