import type { ProviderAccess } from './provider.ts'

export type Sdk = typeof import('ai')

/** Loads the AI SDK with the first request, so that a fleet without models never does. */
export async function loadSdk(): Promise<Sdk> {
  const sdk = await import('ai')
  // It would print them.
  globalThis.AI_SDK_LOG_WARNINGS = false
  return sdk
}

export async function loadCohere({ baseURL, apiKey, fetch }: ProviderAccess) {
  const { createCohere } = await import('@ai-sdk/cohere')
  return createCohere({ baseURL, apiKey, fetch })
}

export async function loadAnthropic({ baseURL, apiKey, fetch }: ProviderAccess) {
  const { createAnthropic } = await import('@ai-sdk/anthropic')
  return createAnthropic({ baseURL, apiKey, fetch })
}

/** `transformRequestBody` may change what is sent to the chat API. */
export async function loadCompatible(
  { baseURL, apiKey, fetch }: ProviderAccess,
  transformRequestBody: (body: Record<string, unknown>) => Record<string, unknown> = (body) => body,
) {
  const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible')
  return createOpenAICompatible({
    name: 'model',
    baseURL,
    apiKey,
    fetch,
    supportsStructuredOutputs: true,
    transformRequestBody,
  })
}
