/** The address of a repository as people may see it: without a name or a key that stands before its host. */
export function shownAddress(address: string): string {
  return address.replace(/^([a-z][a-z+.-]*:\/\/)[^/]*@/i, '$1')
}

/** A text about an address, such as what a program printed, without what `shownAddress` leaves out of it. */
export function withoutCredentials(text: string, address: string): string {
  return text
    .replaceAll(address, shownAddress(address))
    .replace(/((?<![a-z+.-])[a-z][a-z+.-]{0,30}:\/\/)[^/\s]*@/gi, '$1')
}
