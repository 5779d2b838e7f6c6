import { pause } from '../../services/runtime/shutdown.ts'

/** Resolves when nobody listens at the address any more; the suite's own time limit ends a wait in vain. */
export async function gone (url: string): Promise<void> {
  for (;;) {
    try {
      await (await fetch(url)).arrayBuffer()
    } catch {
      return
    }
    await pause(20)
  }
}
