/** The part of irc-framework 4.14 that we use; the package ships no types. */
declare module 'irc-framework' {
  export interface ClientOptions {
    nick: string
    username: string
    gecos: string
    /** Always given: without it the library logs in with the server password. */
    account: { account?: string; password?: string }
    password?: string
    auto_reconnect: false
    ping_interval: 0
    ping_timeout: 0
    version: null
    enable_chghost: boolean
    enable_setname: boolean
    enable_echomessage: boolean
    transport: new () => object
  }

  export interface Client {
    connect(options: ClientOptions): void
    requestCap(caps: string[]): void
    connection: {
      connected: boolean
      write: (line: string, done?: () => void) => boolean
      addReadBuffer(line: string): void
      removeAllListeners(): void
    }
    network: {
      options: Record<string, unknown>
      cap: { isEnabled(name: string): boolean }
    }
    removeAllListeners(): void
  }

  const framework: { Client: new () => Client }
  export default framework
}
