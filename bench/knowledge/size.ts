export async function measureSize(_: unknown): Promise<object> {
  return {}
}
export function renderSize(size: object): string {
  return JSON.stringify(size)
}
