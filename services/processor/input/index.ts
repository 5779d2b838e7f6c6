import { createFileInput } from './file.ts'
import { createKafkaInput } from './kafka.ts'

/** The inputs by the name that `input.type` gives them. */
export const inputs = { file: createFileInput, kafka: createKafkaInput }
