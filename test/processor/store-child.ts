/** A store in a process of its own: `store-child.ts FOLDER PORT [sync]`; says its URL, ends with its parent. Most tests need no syncing. */
import { startStore } from '../../services/store/server.ts'
import { createLog } from '../../services/runtime/log.ts'
import { onShutdown } from '../../services/runtime/shutdown.ts'

const [folder = '', port = '0', sync = ''] = process.argv.slice(2)
const store = await startStore({ folder, host: '127.0.0.1', port: Number(port), sync: sync === 'sync', log: createLog('store', 'warn') })
store.done.catch(() => process.exit(1))
onShutdown(() => store.close(1000))
process.on('disconnect', () => process.exit(1))
process.send?.({ url: store.url })
