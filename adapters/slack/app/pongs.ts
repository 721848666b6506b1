import { subscribe, unsubscribe } from 'node:diagnostics_channel'

const channels = ['undici:websocket:ping', 'undici:websocket:pong']

/**
 * Tells whenever a ping or a pong comes in over the WebSocket with this address: what shows that a quiet line is alive. Slack's library
 * keeps that to itself; the library beneath it publishes the frames of all sockets of the process. Call the result to end it.
 */
export function followPongs(address: string, heard: () => void): () => void {
  const { href } = new URL(address)
  const look = (message: unknown) => {
    if (isFrameOf(message, href)) heard()
  }
  for (const channel of channels) subscribe(channel, look)
  return () => {
    for (const channel of channels) unsubscribe(channel, look)
  }
}

function isFrameOf(message: unknown, href: string): boolean {
  if (typeof message !== 'object' || message === null || !('websocket' in message)) return false
  const { websocket } = message
  return typeof websocket === 'object' && websocket !== null && 'url' in websocket && websocket.url === href
}
