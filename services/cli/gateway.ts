import type { Command } from 'commander'
import { startGateway } from '../gateway/gateway.ts'
import { createLog } from '../runtime/log.ts'
import { listenOption, readPort } from './arguments.ts'
import { runRole } from './role.ts'

interface GatewayOptions { config?: string[], listen: { host: string, port: number }, statusPort?: number }

/** Defines `gatelens gateway`. */
export function gateway (command: Command): void {
  command
    .option('-c, --config <path...>', 'Kong\'s declarative configuration: files, folders or quoted globs, taken together (default: "kong.yml")')
    .addOption(listenOption('127.0.0.1:8000'))
    .option('--status-port <n>', 'serve /livez, /readyz and /status on this port of the same host', readPort)
    .action(async ({ config = ['kong.yml'], listen, statusPort }: GatewayOptions) => {
      await runRole('gateway', await startGateway({ config, ...listen, adminPort: statusPort, log: createLog('gateway') }))
    })
}
