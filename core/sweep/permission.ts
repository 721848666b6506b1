/** Whether what somebody waits for is leave to do something, which nobody gives but a person. When in doubt it is. */
export function asksForPermission(_text: string): boolean {
  return true
}
