/** A store in a process of its own: `store-child.ts FOLDER PORT`; prints its URL. Ends with its parent. */
import { startStore } from '../../services/store/server.ts'
import { createLog } from '../../services/runtime/log.ts'
import { onShutdown } from '../../services/runtime/shutdown.ts'

const [folder = '', port = '0'] = process.argv.slice(2)
const store = await startStore({ folder, host: '127.0.0.1', port: Number(port), log: createLog('store', 'warn') })
onShutdown(() => store.close(1000))
process.on('disconnect', () => process.exit(1))
process.send?.({ url: store.url })
