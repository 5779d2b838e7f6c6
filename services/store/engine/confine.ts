import { existsSync, mkdirSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { inheritedEnvironment } from '../../runtime/config.ts'
import { packageRoot } from '../../runtime/package.ts'

/** One way to start a process, and what it keeps that process from. */
export interface Confinement {
  /** For the log: what is in force and what is not. */
  network: 'none' | 'open'
  files: 'own folder' | 'all of the user'
  /** The last way, which always works. */
  isLast: boolean
  wrap (command: string[]): string[]
}

/**
 * Ways to start the engine's process, the strictest first; which of them a machine allows shows when they are tried. They
 * need no privilege where the kernel lets users have namespaces of their own; most containers do not.
 */
export function confinements (folder: string): Confinement[] {
  const none: Confinement = { network: 'open', files: 'all of the user', isLast: true, wrap: (command) => command }
  if (process.platform !== 'linux') return [none]
  const namespaces = ['--user', '--map-root-user', '--net', '--ipc', '--uts', '--kill-child']
  return [
    { network: 'none', files: 'own folder', isLast: false, wrap: (command) => ['unshare', ...namespaces, '--mount', '--cgroup', '--pid', '--fork', 'sh', '-euc', script, 'sh', ...places(folder), '--', ...command] },
    { network: 'none', files: 'all of the user', isLast: false, wrap: (command) => ['unshare', ...namespaces, ...withoutPrivileges, ...command] },
    none,
  ]
}

const withoutPrivileges = ['setpriv', '--bounding-set=-all', '--inh-caps=-all', '--no-new-privs', '--']

/**
 * Builds a root of its own in memory, with the folder to write and what the program needs to read, moves there and drops
 * every capability. The shell stays as the first process of its namespace: the kernel lets that one not be killed from inside.
 */
const script = `
folder=$1 root=$2; shift 2
mount -t tmpfs -o size=1m,mode=755,nosuid,nodev tmpfs "$root"
mkdir -p "$root/tmp"
mount -t tmpfs -o size=64m,mode=1777,nosuid,nodev tmpfs "$root/tmp"
while [ "$1" != -- ]; do
  if [ -d "$1" ]; then mkdir -p "$root$1"; else mkdir -p "$root$(dirname "$1")"; : > "$root$1"; fi
  mount --bind "$1" "$root$1" 2>/dev/null || mount --rbind "$1" "$root$1"
  mount -o remount,bind,ro,nosuid "$root$1" 2>/dev/null || mount -o remount,bind,ro "$root$1"
  shift
done
shift
for device in null zero random urandom; do mkdir -p "$root/dev"; : > "$root/dev/$device"; mount --bind "/dev/$device" "$root/dev/$device"; done
mkdir -p "$root/proc"
mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
mkdir -p "$root/sys/fs/cgroup"
mount -t cgroup2 -o ro,nosuid,nodev,noexec cgroup2 "$root/sys/fs/cgroup" 2>/dev/null || true
mkdir -p "$root$folder"
mount --bind "$folder" "$root$folder"
cd "$root"
pivot_root . .
umount -l .
cd /
mount -o remount,bind,ro / 2>/dev/null || true
${withoutPrivileges.join(' ')} "$@" &
{ wait $!; } 2>/dev/null
`

/** The folder, where its root is built, and what can be read there. */
function places (folder: string): string[] {
  const own = realpathSync(folder)
  const root = join(own, 'root')
  mkdirSync(root, { recursive: true, mode: 0o700 })
  return [own, root, ...readable().filter((path) => existsSync(path))]
}

function readable (): string[] {
  const modules = dirname(dirname(createRequire(import.meta.url).resolve('chdb/package.json')))
  const program = ['dist', 'services', 'package.json', 'tsconfig.json', 'node_modules'].map((name) => join(packageRoot, name))
  const system = ['/usr', '/bin', '/sbin', '/lib', '/lib64', '/etc/ld.so.cache', '/etc/localtime']
  const node = realpathSync(process.execPath)
  const preloaded = (inheritedEnvironment(/^LD_PRELOAD$/).LD_PRELOAD ?? '').split(/[ :]/).filter((path) => path.startsWith('/'))
  return [...new Set([...system, ...preloaded, ...(node.startsWith('/usr/') ? [] : [process.execPath, node]), ...program, modules])]
}
