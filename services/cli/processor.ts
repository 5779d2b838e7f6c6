import { setFlagsFromString } from 'node:v8'
import type { Command } from 'commander'
import type { ProcessorConfig } from '../processor/config.ts'
import { startProcessor } from '../processor/processor.ts'
import { onReload } from '../runtime/shutdown.ts'
import { migrate } from '../store/migrate.ts'
import { readProcessorConfig } from './processor-config.ts'
import { runRole } from './role.ts'

/** Defines `gatelens processor`. */
export function processor (command: Command): void {
  command
    .option('-c, --config <file>', 'processor configuration', 'gatelens.yaml')
    .action(async ({ config }: { config: string }) => {
      const { settings, folder } = readProcessorConfig(config)
      const reread = (): ProcessorConfig => readProcessorConfig(config).settings
      const running = await startProcessor(settings, { prepareStore: migrate, base: folder, reread })
      keepHeapSmall()
      onReload(async () => { await running.refresh() })
      await runRole('processor', running)
    })
}

/**
 * The engine lets the heap grow to several times what is in use before it clears it, and a batch leaves tens of megabytes
 * behind. Set once the first catalog is compiled: compiling is quicker with a heap that grows at will.
 */
function keepHeapSmall (): void {
  setFlagsFromString('--heap-growing-percent=40')
}
