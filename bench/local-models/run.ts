// Measures local language models as the product runs them: `npx tsx --conditions=source bench/local-models/run.ts [options] FILE.gguf …`
//   --layout=plain|short|last|closing    how instructions and text are put together (see LAYOUTS)
//   --temperature=0 --repeat-penalty=1 --min-p=0.05 --threads=N --context=4096 --show
// Prints one JSON line for each file. The answers are checked at the given temperature; timings come from the same requests.
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { type EngineChild, startEngineChild } from '../../packages/server/src/providers/engine-process/engine-child.ts';
import { ProcessMessage, type StartMessage } from '../../packages/server/src/providers/local-llm/process-messages.ts';
import { QUESTIONS } from './questions.ts';

const company = readFileSync(new URL('./company.md', import.meta.url), 'utf8').trim();
const RULE = 'Answer in one or two short sentences, using only the information given.';

/** What the system prompt and the user's message look like. The product can choose the frame; the text is the agent's own. */
const LAYOUTS: Record<string, (question: string) => { system: string; user: string }> = {
  plain: (question) => ({ system: `You are the assistant of Alpenrad Outfitters.\n\n${company}`, user: question }),
  short: (question) => ({ system: `You are the assistant of Alpenrad Outfitters. ${RULE}\n\n${company}`, user: question }),
  closing: (question) => ({ system: `You are the assistant of Alpenrad Outfitters.\n\n${company}\n\n${RULE}`, user: question }),
  last: (question) => ({ system: 'You are a helpful assistant.', user: `${company}\n\n${RULE}\n\nQuestion: ${question}` }),
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    layout: { type: 'string', default: 'short' },
    temperature: { type: 'string', default: '0' },
    'repeat-penalty': { type: 'string', default: '1' },
    'min-p': { type: 'string', default: '0.05' },
    threads: { type: 'string' },
    context: { type: 'string', default: '4096' },
    show: { type: 'boolean', default: false },
  },
});

interface Answer {
  text: string;
  firstTokenMs: number;
  totalMs: number;
  promptTokens: number;
  cachedTokens: number;
  completionTokens: number;
}

async function ask(port: number, messages: { role: string; content: string }[]): Promise<Answer> {
  const begin = performance.now();
  const response = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer bench' },
    body: JSON.stringify({
      messages,
      stream: true,
      stream_options: { include_usage: true },
      max_tokens: 80,
      temperature: Number(values.temperature),
      repeat_penalty: Number(values['repeat-penalty']),
      min_p: Number(values['min-p']),
      seed: 1,
    }),
  });
  if (!response.body) throw new Error('no body');
  const answer: Answer = { text: '', firstTokenMs: 0, totalMs: 0, promptTokens: 0, cachedTokens: 0, completionTokens: 0 };
  let rest = '';
  for await (const bytes of response.body.pipeThrough(new TextDecoderStream())) {
    answer.firstTokenMs ||= performance.now() - begin;
    rest += bytes;
    const events = rest.split('\n\n');
    rest = events.pop() ?? '';
    for (const event of events.filter((each) => !each.includes('[DONE]'))) {
      const chunk = JSON.parse(event.slice('data: '.length));
      answer.text += chunk.choices[0]?.delta.content ?? '';
      if (!chunk.usage) continue;
      answer.promptTokens = chunk.usage.prompt_tokens;
      answer.cachedTokens = chunk.usage.prompt_tokens_details.cached_tokens;
      answer.completionTokens = chunk.usage.completion_tokens;
    }
  }
  answer.totalMs = performance.now() - begin;
  return answer;
}

const median = (numbers: number[]) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
const round = (number: number) => Math.round(number * 10) / 10;

function residentMegabytes(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1000);
}

async function measure(file: string) {
  const layout = LAYOUTS[values.layout];
  if (!layout) throw new Error(`--layout must be one of ${Object.keys(LAYOUTS).join(', ')}`);
  const begin = performance.now();
  let child: EngineChild<StartMessage> | undefined;
  const port = await new Promise<number>((resolve, reject) => {
    child = startEngineChild<StartMessage, ProcessMessage>(
      new URL('../../packages/server/src/providers/local-llm/model-process.ts', import.meta.url),
      {
        type: 'start',
        modelPath: file,
        model: basename(file),
        apiKey: 'bench',
        port: 0,
        contextTokens: Number(values.context),
        parallel: 2,
        waiting: 2,
        ...(values.threads ? { threads: Number(values.threads) } : {}),
      },
      (raw) => ProcessMessage.parse(raw),
      (message) => {
        if (message.type === 'ready') resolve(message.port);
        if (message.type === 'failed') reject(new Error(message.message));
      },
    );
  });
  const loadMs = performance.now() - begin;

  let right = 0;
  const answers: Answer[] = [];
  for (const question of QUESTIONS) {
    const { system, user } = layout(question.ask);
    const answer = await ask(port, [
      { role: 'system', content: system },
      { role: 'user', content: user },
    ]);
    const good = question.right.test(answer.text) && !question.never?.test(answer.text.trim());
    if (good) right += 1;
    answers.push(answer);
    if (values.show) console.log(good ? 'right' : 'WRONG', JSON.stringify(question.ask), '->', JSON.stringify(answer.text));
  }
  // Cold: nothing of the prompt was evaluated before. A different first word makes it so.
  const cold: number[] = [];
  for (const word of ['One', 'Two', 'Three', 'Four', 'Five']) {
    const { system, user } = layout('Where is the shop?');
    const answer = await ask(port, [
      { role: 'system', content: `${word}. ${system}` },
      { role: 'user', content: user },
    ]);
    cold.push(answer.firstTokenMs);
  }
  const warm = answers.slice(1);
  const rssMb = residentMegabytes(child?.pid);
  await child?.stop();
  return {
    file: basename(file),
    layout: values.layout,
    temperature: Number(values.temperature),
    repeat_penalty: Number(values['repeat-penalty']),
    right,
    of: QUESTIONS.length,
    prompt_tokens: median(answers.map((answer) => answer.promptTokens)),
    cold_ttft_ms_p50: Math.round(median(cold)),
    warm_ttft_ms_p50: Math.round(median(warm.map((answer) => answer.firstTokenMs))),
    tokens_per_s: round(
      median(
        answers
          .filter((each) => each.completionTokens > 4)
          .map((each) => ((each.completionTokens - 1) * 1000) / (each.totalMs - each.firstTokenMs)),
      ),
    ),
    answer_tokens_p50: median(answers.map((answer) => answer.completionTokens)),
    rss_mb: rssMb,
    load_ms: Math.round(loadMs),
    machine: `${cpus().length} x ${cpus()[0]?.model}`,
  };
}

for (const file of positionals) console.log(JSON.stringify(await measure(file)));
