/** Tests run from their sources and built alike: where their data is, and how they start each other. */
import { join, relative } from 'node:path'
import { packageRoot } from '../services/runtime/package.ts'

const isBuilt = import.meta.filename.endsWith('.js')

/** The folder of sources that a test's own folder (`import.meta.dirname`) was built from: data lies beside the sources only. */
export function sourceFolder (folder: string): string {
  return isBuilt ? join(packageRoot, relative(join(packageRoot, 'dist'), folder)) : folder
}

/** What Node takes to run a module of this package, named by its source's path from the package's folder. */
export function moduleArguments (source: string): string[] {
  if (isBuilt) return [join(packageRoot, 'dist', source.replace(/\.ts$/, '.js'))]
  return ['--import', import.meta.resolve('tsx'), join(packageRoot, source)]
}
