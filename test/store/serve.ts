/** A store in a process of its own: prints its address, ends at SIGTERM. */
import { explainError } from '../../services/runtime/errors.ts'
import { createLog } from '../../services/runtime/log.ts'
import { onShutdown } from '../../services/runtime/shutdown.ts'
import { startStore } from '../../services/store/server.ts'

const [folder = '', host = '127.0.0.1'] = process.argv.slice(2)
startStore({ folder, host, port: 0, log: createLog('store', 'error') }).then((store) => {
  onShutdown(async () => { await store.close(600_000) })
  console.log(store.url)
}, (error: unknown) => {
  console.error(explainError(error))
  process.exit(2)
})
