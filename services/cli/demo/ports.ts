import { listen } from '../../runtime/http.ts'

/** A free port of the loopback, whichever. */
export const anyAddress = '127.0.0.1:0'

/** `127.0.0.1:port` when that port is free, else any free one. */
export async function freeAddress (port: number): Promise<string> {
  try {
    const listener = await listen({ host: '127.0.0.1', port }, (_, response) => { response.end() })
    await listener.close(0)
    return `127.0.0.1:${port}`
  } catch {
    return anyAddress
  }
}
