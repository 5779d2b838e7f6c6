import { fileInput } from './file.ts'
import { kafkaInput } from './kafka-options.ts'
import { stdinInput } from './stdin.ts'

/** The kinds of inputs. Their types are those that `inputs:` uses. */
export const inputKinds = [fileInput, kafkaInput, stdinInput] as const
