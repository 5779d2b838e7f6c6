/** A thread that takes batches through the stages, one after the other; it has a normalizer, decoders, caches and encoders of its own. */
import { parentPort, workerData } from 'node:worker_threads'
import { openCatalog } from '../catalog/catalog.ts'
import { ColumnsWriter } from '../observe/columns.ts'
import type { Part } from '../publish/encoded-batch.ts'
import { encodeForAll } from '../publish/fan-out.ts'
import { createTables } from '../publish/tables.ts'
import { createEncoder } from '../sinks.ts'
import { runStages } from '../stage-run.ts'
import { createInputDecoder, createStages } from '../stages.ts'
import type { ThreadBatch, ThreadCatalog, ThreadMessage, ThreadSetup } from './messages.ts'
import { unpackRecords } from './packed-records.ts'
import { createAsker } from './questions.ts'
import { createToldBounds } from './told-bounds.ts'
import { sendable } from './sent-parts.ts'

const parent = parentPort
if (parent !== null) {
  const setup = workerData as ThreadSetup
  const { inputs, privacy, key, filter, sinks, port, bell } = setup
  const asker = createAsker(port, bell)
  const columns = new ColumnsWriter()
  let catalog = openCatalog(setup.catalog)
  const stages = createStages({ catalog: () => catalog, privacy, key, filter, infer: asker.infer, bounds: createToldBounds(asker.admit) })
  const decoders = inputs.map(({ format, framing }) => createInputDecoder(format, privacy, framing))
  const begins = [createTables(), ...await Promise.all(sinks.map(createEncoder))]
  const say = (message: ThreadMessage, transfer: ArrayBuffer[] = []): void => { parent.postMessage(message, transfer) }

  const work = ({ records, format, positions, ...rest }: ThreadBatch): void => {
    const batch = { ...rest, records: unpackRecords(records) }
    const run = { ...stages, decoder: decoders[format]!, positions, observe: columns.add.bind(columns) }
    const { encoded, tally } = runStages(batch, run, encodeForAll<Part[]>(begins.map((begin) => begin())))
    const caches = stages.caches.map(({ name, entries, evictions }) => ({ name, entries: entries(), evictions: evictions() }))
    const sent = sendable(encoded)
    const seen = columns.take()
    say({ kind: 'done', encoded: sent.parts, tally, columns: seen, caches }, [...sent.transfer, seen.values.buffer])
  }

  parent.on('message', (message: ThreadBatch | ThreadCatalog) => {
    if (message.kind === 'catalog') catalog = openCatalog(message.catalog)
    else work(message)
  })
  say({ kind: 'ready' })
}
