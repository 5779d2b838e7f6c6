/** The framings of records in which nothing is looked for, and the one that looks for everything. */
import { z } from 'zod'
import { criPieces } from './cri.ts'
import { defineFraming } from './definition.ts'
import { likelyDockerPieces } from './docker.ts'

const none = z.strictObject({})

/** Opens whatever wrapper a record turns out to be in, once the decoder refuses the record itself. */
export const auto = defineFraming({
  name: 'auto',
  summary: 'records as they are, and in every wrapper that is known here, arrays, printed objects and objects side by side',
  options: none,
  unit: 'value',
  pieces: [criPieces, likelyDockerPieces],
})

/** Every line is a record. */
export const lines = defineFraming({
  name: 'lines', summary: 'each line is one record', options: none, unit: 'line', create: () => (record) => [record],
})

/** Every message is a record. */
export const message = defineFraming({
  name: 'message', summary: 'all of a POSTed body or of a Kafka message is one record; of files and pipes, a line', options: none, unit: 'message', create: () => (record) => [record],
})
