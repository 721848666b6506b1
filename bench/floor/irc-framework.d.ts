/** What the floor programs use of irc-framework beside what the fleet does. */
declare module 'irc-framework' {
  export interface Client {
    connect(options: { host: string; port: number; nick: string }): void
    join(channel: string): void
    say(target: string, text: string): void
    on(event: 'registered' | 'join', handler: () => void): void
    on(event: 'privmsg', handler: (said: { nick: string; target: string; message: string }) => void): void
  }
}
