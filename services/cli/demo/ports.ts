import { listen } from '../../runtime/http.ts'

/** `127.0.0.1:port` when that port is free, else `127.0.0.1:0`, so that the listener picks a free one. */
export async function freeAddress (port: number): Promise<string> {
  try {
    const listener = await listen({ host: '127.0.0.1', port }, (_, response) => { response.end() })
    await listener.close(0)
    return `127.0.0.1:${port}`
  } catch {
    return '127.0.0.1:0'
  }
}
