import type { LanguageModel } from 'ai'
import { z } from 'zod'
import type { ModelSettings } from '../../core/knowledge/settings.ts'
import type { Writer, WritingTask } from '../../ports/writer.ts'
import { type Attempt, createCalls, type ModelContext } from './calls.ts'
import { carefulFetch } from './careful-fetch.ts'
import { type Dialect, firstDialect, inDialect, simplerDialect } from './dialect.ts'
import { accessOf, type ProviderAccess } from './provider.ts'
import { loadAnthropic, loadCompatible, type Sdk } from './sdk.ts'

/** The most that is written, tokens; some models think in them as well. */
const longest = 2_000

/**
 * A writer over the AI SDK: anthropic, or any server with OpenAI's chat API. Throws `config_invalid` when the settings name something
 * that cannot write or cannot be reached.
 */
export function createWriter(settings: ModelSettings, key: string | undefined, context: ModelContext): Writer {
  const access = accessOf('writer', settings, key, carefulFetch(context.fetch ?? fetch))
  const model = `${settings.provider}/${settings.model}`
  const calls = createCalls('writer', model, context)
  const ask = settings.provider === 'anthropic' ? viaAnthropic(settings.model, access) : viaChat(settings.model, access)
  return {
    model,
    trouble: calls.trouble,
    write: (task, limits) => calls.run(limits, ask(task)),
  }
}

type Ask = <T>(task: WritingTask<T>) => Attempt<T>

function viaAnthropic(name: string, access: ProviderAccess): Ask {
  return (task) => async (sdk, signal, used) => generate(sdk, (await loadAnthropic(access))(name), task, signal, used)
}

/** Servers differ in what they understand; what one refuses is said more simply, and what it took is what it is told from then on. */
function viaChat(name: string, access: ProviderAccess): Ask {
  let known = firstDialect
  return (task) => async (sdk, signal, used) => {
    for (let dialect: Dialect | null = known, refusal: unknown; ; ) {
      if (dialect === null) throw refusal
      try {
        const result = await generate(
          sdk,
          await chatModel(sdk, name, access, dialect),
          inWords(task, dialect),
          signal,
          used,
        )
        known = dialect
        return result
      } catch (error) {
        refusal ??= error
        dialect = isRefusal(error, sdk) ? simplerDialect(dialect, error.responseBody ?? '') : null
        if (dialect === null && !isRefusal(error, sdk)) throw error
      }
    }
  }
}

async function chatModel(sdk: Sdk, name: string, access: ProviderAccess, dialect: Dialect): Promise<LanguageModel> {
  const provider = await loadCompatible(access, (body) => inDialect(body, dialect))
  return sdk.wrapLanguageModel({ model: provider(name), middleware: sdk.extractJsonMiddleware() })
}

function isRefusal(error: unknown, sdk: Sdk): error is InstanceType<Sdk['APICallError']> {
  return sdk.APICallError.isInstance(error) && (error.statusCode === 400 || error.statusCode === 422)
}

/** What the server does not know of the shape is said to the model. */
function inWords<T>(task: WritingTask<T>, { format }: Dialect): WritingTask<T> {
  if (format === 'schema') return task
  const schema = JSON.stringify(z.toJSONSchema(task.shape))
  return {
    ...task,
    instructions: `${task.instructions}\n\nAnswer with one JSON object of this schema and nothing else:\n${schema}`,
  }
}

async function generate<T>(
  sdk: Sdk,
  model: LanguageModel,
  { instructions, data, shape, name }: WritingTask<T>,
  abortSignal: AbortSignal,
  used: Parameters<Attempt<T>>[2],
): Promise<T> {
  const { output, usage } = await sdk.generateText({
    model,
    instructions,
    prompt: data,
    output: sdk.Output.object({ schema: shape, name }),
    maxOutputTokens: longest,
    maxRetries: 0,
    abortSignal,
  })
  used(usage)
  return output
}
