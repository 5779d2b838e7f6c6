/** A processor in a process of its own: `processor-child.ts CONFIG`; says its URL when it serves. Ends with its parent. */
import { dirname } from 'node:path'
import { processorSchema } from '../../services/processor/config.ts'
import { startProcessor } from '../../services/processor/processor.ts'
import { loadConfig } from '../../services/runtime/config.ts'
import { migrate } from '../../services/store/migrate.ts'

const path = process.argv[2] ?? ''
process.on('disconnect', () => process.exit(1))
const processor = await startProcessor(loadConfig(path, processorSchema), { prepareStore: migrate, base: dirname(path) })
process.send?.({ url: processor.url })
await processor.done
