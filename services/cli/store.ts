import type { Command } from 'commander'
import { z } from 'zod'
import { loadConfig } from '../runtime/config.ts'
import { createLog } from '../runtime/log.ts'
import { startStore } from '../store/server.ts'
import { userSchema } from '../store/users.ts'
import { listenOption } from './arguments.ts'
import { runRole } from './role.ts'

interface StoreOptions { data: string, listen: { host: string, port: number }, users?: string, host?: string[], sync: boolean }

const usersFileSchema = z.strictObject({ users: z.array(userSchema) })

/** Defines `gatelens store`. */
export function store (command: Command): void {
  command
    .option('--data <folder>', 'folder of the data; one process at a time', 'gatelens-store')
    .addOption(listenOption('127.0.0.1:8123'))
    .option('--users <file>', 'YAML file, users: [{ name, password, read_only }]; without it only this machine may come in')
    .option('--host <name...>', 'names that clients use for this store in their URLs, besides localhost and the address it listens on')
    .option('--no-sync', 'do not wait for the disk: faster on slow disks, but a power cut takes what was stored last')
    .action(async ({ data, listen, users, host, sync }: StoreOptions) => {
      const known = users === undefined ? [] : loadConfig(users, usersFileSchema).users
      await runRole('store', await startStore({ folder: data, ...listen, users: known, names: host, sync, log: createLog('store') }))
    })
}
