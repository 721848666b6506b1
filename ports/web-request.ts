/** A request of somebody on the web, as it came. Untrusted. */
export interface WebRequest {
  /** Names in lower case. */
  headers: Record<string, string>
  /** The raw body: signatures are over its bytes. */
  body: Uint8Array
}

export interface WebResponse {
  status: number
  /** Its content type. */
  type: string
  body: string
}
