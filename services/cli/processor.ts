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
      onReload(async () => { await running.refresh() })
      await runRole('processor', running)
    })
}
